// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "shim/tune.h"

namespace kashim::shim {

/// The steps that only Linux has: there a socket has the base from the beginning, and a listener hands down what it has.

/// After socket(): the base, on TCP sockets.
int opened(int fd, int domain, int type, int protocol);

/// Whether there is nothing to do before and after a connect(), so that connecting() need not be called: nothing is in
/// force, the descriptor is known not to be TCP, or it has the base and nothing else is to come.
inline bool connects_unattended(int fd)
{
    const policy::Policy* const rules = runtime.rules();
    if (rules == nullptr)
        return true;
    const Seen seen = descriptors[fd];
    const bool has_base = seen == Seen::fresh || seen == Seen::outbound;
    if (!has_base || !rules->base_decides_outbound() || runtime.log.says(platform::Level::warn))  // of refusals
        return seen == Seen::other;
    descriptors.set(fd, Seen::outbound);
    return true;
}

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

}  // namespace kashim::shim
