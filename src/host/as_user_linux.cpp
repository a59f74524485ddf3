// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/as_user.h"

#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kashim::host {
namespace {

// Not setgroups(), which would change every thread.
void set_groups(const std::vector<unsigned>& groups)
{
    syscall(SYS_setgroups, groups.size(), groups.data());
}

std::vector<unsigned> own_groups()
{
    std::vector<unsigned> groups(static_cast<std::size_t>(getgroups(0, nullptr)));
    groups.resize(static_cast<std::size_t>(getgroups(static_cast<int>(groups.size()), groups.data())));
    return groups;
}

}  // namespace

AsUser::AsUser(const User& user) : groups_(own_groups()), uid_(geteuid()), gid_(getegid())
{
    set_groups(user.groups);
    setfsgid(user.gid);
    setfsuid(user.uid);  // last: it takes the privilege of the other two away
}

AsUser::~AsUser()
{
    setfsuid(uid_);
    setfsgid(gid_);
    set_groups(groups_);
}

}  // namespace kashim::host
