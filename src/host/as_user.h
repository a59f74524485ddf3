// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

namespace kashim::host {

/// A user as far as files are concerned.
struct User {
    unsigned uid = 0;
    unsigned gid = 0;
    std::vector<unsigned> groups;
};

/// While it lives, the kernel judges file accesses of this thread as the user's (setfsuid(2)), so that permissions, ACLs
/// and groups need not be reckoned here. Without privilege nothing changes: then only one's own processes may be looked
/// at anyway.
class AsUser {
public:
    explicit AsUser(const User& user);
    ~AsUser();
    AsUser(const AsUser&) = delete;
    AsUser& operator=(const AsUser&) = delete;

private:
    std::vector<unsigned> groups_;
    unsigned uid_;
    unsigned gid_;
};

}  // namespace kashim::host
