// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/as_user.h"

#include <unistd.h>

namespace kashim::host {

// There is no setfsuid(2): the effective ids of this process change, which has one thread. Without privilege each call
// fails, and nothing changes.
AsUser::AsUser(const User& user) : uid_(geteuid()), gid_(getegid())
{
    if (uid_ != 0)
        return;
    groups_.resize(static_cast<std::size_t>(getgroups(0, nullptr)));
    groups_.resize(static_cast<std::size_t>(getgroups(static_cast<int>(groups_.size()), groups_.data())));
    const bool is_user = setgroups(static_cast<int>(user.groups.size()), user.groups.data()) == 0 &&
                         setegid(user.gid) == 0 && seteuid(user.uid) == 0;
    static_cast<void>(is_user);
}

AsUser::~AsUser()
{
    if (uid_ != 0)
        return;
    const bool is_root =
        seteuid(uid_) == 0 && setegid(gid_) == 0 && setgroups(static_cast<int>(groups_.size()), groups_.data()) == 0;
    static_cast<void>(is_root);
}

}  // namespace kashim::host
