// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/program_file.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace kashim::reach {
namespace {

// struct vfs_cap_data in linux/capability.h, little-endian: flags, then pairs of permitted and inheritable sets.
void read_capabilities(const std::string& attribute, Privileges& privileges)
{
    constexpr std::size_t kFlags = 4;
    constexpr std::size_t kPair = 8;
    privileges.effective = !attribute.empty() && (attribute[0] & 1) != 0;  // VFS_CAP_FLAGS_EFFECTIVE
    privileges.capabilities = privileges.effective;
    for (std::size_t at = kFlags; at + kPair <= attribute.size() && at < kFlags + 2 * kPair; at += kPair) {
        std::uint32_t permitted = 0;
        std::memcpy(&permitted, attribute.data() + at, sizeof permitted);
        privileges.capabilities = privileges.capabilities || permitted != 0;
    }
}

}  // namespace

Starter this_starter()
{
    Starter starter{getuid(), getgid(), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1, {}};
    if (const char* const path = std::getenv("PATH"))
        starter.path = path;
    return starter;
}

Privileges privileges_of(const host::FileEntry& file)
{
    Privileges privileges;
    if (!file || file.on_nosuid())
        return privileges;
    const mode_t mode = file.status().st_mode;
    privileges.setuid = (mode & S_ISUID) != 0;
    // Without the group's right to execute the bit means mandatory locking.
    privileges.setgid = (mode & S_ISGID) != 0 && (mode & S_IXGRP) != 0;
    privileges.owner = file.status().st_uid;
    privileges.group = file.status().st_gid;
    if (const auto attribute = file.attribute("security.capability"))
        read_capabilities(*attribute, privileges);
    return privileges;
}

}  // namespace kashim::reach
