// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What of sockets is particular to macOS (facts from xnu-11417, bsd/).
#pragma once

#include "platform/socket.h"

namespace kashim::platform {

/// All that one look at a socket tells (proc_pidfdinfo, PROC_PIDFDSOCKETINFO): there is no SO_PROTOCOL, no SO_PEERNAME
/// and no way to read SO_ACCEPTCONN (sogetoptlock in kern/uipc_socket.c), and getpeername(2) does not answer while a
/// connect is in progress.
struct SocketFacts {
    bool tcp = false;        ///< a TCP socket over IPv4 or IPv6 that still takes options: see set_values()
    bool listening = false;  ///< setting anything there would have the kernel probe the listener, and close it
    std::uint16_t local_port = 0;
    std::optional<policy::Endpoint> peer;  ///< of a TCP socket: the one it is connected to, or on the way to
};

/// Where that is forbidden (a sandbox without process-info-pidfdinfo), what getsockopt, getsockname and getpeername
/// tell: then listening is never known, and there is no peer before the connection stands.
SocketFacts facts_of(int fd);

/// The settings as this kernel keeps them, and tells them when it is asked: TCP_RXT_CONNDROPTIME counts whole seconds, so
/// the user timeout is rounded up.
policy::Settings as_kept(policy::Settings settings);

/// A socket nobody has touched, as sysctl says now (net.inet.tcp.keepidle, keepintvl, keepcnt). What may not be asked is
/// as macOS has it by itself.
policy::Values system_values();

/// Where a connectx(2) goes, as it says; empty where the structure cannot be read or names nobody.
struct Destination {
    const sockaddr* address = nullptr;
    socklen_t size = 0;
};
Destination destination_of(int fd, const sa_endpoints_t* endpoints);

}  // namespace kashim::platform
