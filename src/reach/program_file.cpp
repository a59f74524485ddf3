// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/program_file.h"

#include <cerrno>

namespace kashim::reach {
namespace {

// In the C library when PATH is not set (confstr(3), _CS_PATH).
constexpr const char* kStandardPath = "/bin:/usr/bin";

int why_not_executable(const host::FileEntry& file)
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
    FoundProgram found{path, host::Root().find(path), 0};
    found.error = why_not_executable(found.file);
    return found;
}

}  // namespace

FoundProgram find_program(const std::string& name, const std::optional<std::string>& path)
{
    if (name.empty())
        return {name, host::FileEntry(ENOENT), ENOENT};
    if (name.find('/') != std::string::npos)
        return look_at(name);
    // Goes on behind what may not be executed, and remembers that there was something (execvp in posix/execvpe.c).
    FoundProgram denied{name, host::FileEntry(ENOENT), ENOENT};
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

}  // namespace kashim::reach
