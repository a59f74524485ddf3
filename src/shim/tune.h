// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/policy.h"
#include "shim/connection.h"
#include "shim/runtime.h"

#include <netinet/in.h>
#include <sys/socket.h>

namespace kashim::shim {

/// The steps behind the hooks that every system has, in the order in which a connection meets them. None of them changes
/// errno or fails; the results that are handed in come back as they were.

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

/// Whether it matters at all what the program sets at this level.
inline bool follows_changes(int level)
{
    const policy::Policy* const rules = runtime.rules();
    return rules != nullptr && (level == SOL_SOCKET || level == IPPROTO_TCP) &&
           (rules->follows_program() || runtime.log.says(platform::Level::debug));
}

/// Before and after setsockopt(): under cap, override and "auto" what the program sets has consequences.
struct Change {
    int fd = -1;
    policy::Option option{};
    Connection connection;
    policy::Decision decision;
    policy::Values before;
    bool concerns_us = false;
};
Change about_to_change(int fd, int level, int name);  // not where nothing follows_changes()
int changed(const Change& change, int result);

/// At load, for a socket that was there before us. fd 0 is tuned only if nobody has set anything on it.
void inherited(int fd);
void inherited_stdin();

}  // namespace kashim::shim
