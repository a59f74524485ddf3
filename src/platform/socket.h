// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/endpoint.h"
#include "policy/plan.h"
#include "policy/settings.h"

#include <sys/socket.h>

#include <optional>

namespace kashim::platform {

/// setsockopt as it is called: the shim must not run into its own hook.
using SetSockOpt = int (*)(int, int, int, const void*, socklen_t);

/// Whether socket() with these arguments makes a TCP socket (Multipath TCP, RFC 8684, counts). Pure.
bool makes_tcp(int domain, int type, int protocol);

/// IPPROTO_MPTCP (RFC 8684), which headers older than the kernel lack; the number is part of Linux's ABI.
inline constexpr int kMultipathTcp = 262;

/// Whether the descriptor is a TCP socket: one getsockopt (SO_PROTOCOL, socket(7)).
bool is_tcp(int fd);

/// The option that a setsockopt call is about, if it is one of the five. Pure.
std::optional<policy::Option> option_of(int level, int name);

/// The options' present values.
[[nodiscard]] policy::Reading read_values(int fd, policy::OptionSet which);

/// What became of a request. error is the errno of the first refusal.
struct [[nodiscard]] Outcome {
    policy::OptionSet done;
    policy::OptionSet refused;
    int error = 0;
};

/// Sets the chosen options. SO_KEEPALIVE comes first: then the time the connection has been idle already counts; the
/// other way round TCP_KEEPIDLE would be stored only, and the clock start anew (tcp_set_keepalive in
/// net/ipv4/tcp_timer.c).
Outcome set_values(int fd, const policy::Values& values, policy::OptionSet which, SetSockOpt setsockopt);

/// Whether a socket address of the program's can be read: a bad pointer must get the kernel's EFAULT, not our SIGSEGV.
/// The kernel is asked, through the descriptor; false also where that is no socket. Nothing is written.
bool readable(int fd, const sockaddr* address, socklen_t size);

/// The address in a sockaddr; nothing for another family or a length that is too short. Not bounds-checked further: see
/// readable().
std::optional<policy::Endpoint> endpoint_of(const sockaddr* address, socklen_t size);

/// The peer, also while a non-blocking connect is in progress: SO_PEERNAME answers then, getpeername does not.
std::optional<policy::Endpoint> peer_of(int fd);

/// The local port, 0 where the socket is not bound.
std::optional<std::uint16_t> local_port_of(int fd);

bool is_listening(int fd);

}  // namespace kashim::platform
