// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/program_file.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace kashim::reach {
namespace {

// In the C library when PATH is not set (confstr(3), _CS_PATH).
constexpr const char* kStandardPath = "/bin:/usr/bin";

int why_not_executable(const File& file)
{
    if (!file)
        return file.error();
    if (!file.is_regular())
        return EACCES;
    if (file.on_noexec())
        return EACCES;
    return file.may_execute();
}

FoundProgram look_at(const std::string& path)
{
    FoundProgram found{path, Root().find(path), 0};
    found.error = why_not_executable(found.file);
    return found;
}

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

FoundProgram find_program(const std::string& name, const std::optional<std::string>& path)
{
    if (name.empty())
        return {name, File(ENOENT), ENOENT};
    if (name.find('/') != std::string::npos)
        return look_at(name);
    // Goes on behind what may not be executed, and remembers that there was something (execvp in posix/execvpe.c).
    FoundProgram denied{name, File(ENOENT), ENOENT};
    std::string_view rest = path ? std::string_view(*path) : std::string_view(kStandardPath);
    while (true) {
        const auto end = rest.find(':');
        const std::string_view folder = rest.substr(0, end);
        FoundProgram found = look_at(folder.empty() ? name : std::string(folder) + "/" + name);
        if (found.error == 0)
            return found;
        if (found.error == EACCES && denied.error != EACCES)
            denied = std::move(found);
        if (end == std::string_view::npos)
            return denied;
        rest.remove_prefix(end + 1);
    }
}

bool Privileges::secure_for(const Starter& starter) const
{
    if (!starter.no_new_privs && ((setuid && owner != starter.uid) || (setgid && group != starter.gid)))
        return true;
    return starter.uid != 0 && (effective || (capabilities && !starter.no_new_privs));
}

Privileges privileges_of(const File& file)
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
