// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "host/processes.h"
#include "sockets/examine.h"

#include <string>

namespace kashim::sockets {

/// A socket that was set, or would be (dry run).
struct [[nodiscard]] SocketChange {
    host::ProcessId process;
    std::string name;  ///< of the process
    int fd = -1;
    Subject subject;
    Judgement judgement;        ///< now is what it was, after what it is, wrong what was set
    policy::OptionSet refused;  ///< of wrong: what the kernel did not take; error says why
    int error = 0;
};

/// Sets what is wrong on a socket that was examined, and closes our copy. SO_KEEPALIVE comes first, and where that is
/// switched on idle is set after it even if it is right: switching on starts the clock anew, TCP_KEEPIDLE lets the time
/// already silent count (tcp_set_keepalive in net/ipv4/tcp_timer.c, tcp_sock_set_keepidle in net/ipv4/tcp.c).
SocketChange set(const host::ProcessId& process, const std::string& name, int fd, Examined& examined);

/// Whether setting it makes the kernel probe at once: it has been silent for longer than its new idle.
bool probes_at_once(const Examined& examined);

}  // namespace kashim::sockets
