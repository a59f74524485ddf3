// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/policy.h"
#include "shim/report.h"

#include <sys/socket.h>

namespace kashim::shim {

/// The steps behind the hooks, in the order in which a connection meets them. None of them changes errno or fails; the
/// results that are handed in come back as they were.

/// After socket(): the base, on TCP sockets.
int opened(int fd, int domain, int type, int protocol);

/// Before and after connect(): the rule for the peer. Where there is no connection after all, and where AF_UNSPEC takes
/// the peer away again, the socket gets back what it had.
struct Attempt {
    Connection connection;
    std::optional<policy::Endpoint> earlier;  ///< the peer it had, or was on the way to, before
    policy::Settings settings;
    bool concerns_us = false;
};
Attempt connecting(int fd, const sockaddr* peer, socklen_t size);
int connected(const Attempt& attempt, int result);

/// Before and after listen(): the rule for the local port, on the listener. One that has no port yet gets it afterwards.
struct Listener {
    int fd = -1;
    bool concerns_us = false;
    bool has_port = false;
    std::uint16_t port = 0;
    bool depends_on_peer = false;
};
Listener about_to_listen(int fd);
int listening(Listener listener, int result);

/// After accept() and accept4(): nothing where the listener has handed everything down.
int accepted(int listener, int fd);

/// Before and after setsockopt(): under cap, override and "auto" what the program sets has consequences.
struct Change {
    int fd = -1;
    policy::Option option{};
    Connection connection;
    policy::Decision decision;
    policy::Values before;
    bool concerns_us = false;
};
Change about_to_change(int fd, int level, int name);
int changed(const Change& change, int result);

/// At load, for a socket that was there before us. fd 0 is tuned only if nobody has set anything on it.
void inherited(int fd);
void inherited_stdin();

}  // namespace kashim::shim
