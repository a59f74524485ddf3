// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/process.h"

#include "platform/command_line.h"
#include "policy/program.h"

namespace kashim::reach {
const char* Process::variable(std::string_view name) const
{
    for (const std::string& entry : environment) {
        if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
            return entry.c_str() + name.size() + 1;
    }
    return nullptr;
}

std::string Process::absolute(const std::string& path) const
{
    return path.starts_with('/') ? path : (folder == "/" ? "" : folder) + "/" + path;
}

std::string Process::mapped_file(std::string_view name) const
{
    for (const std::string& path : mapped) {
        if (policy::file_name(platform::without_deleted(path)) == name)
            return path;
    }
    return {};
}

}  // namespace kashim::reach
