// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/check/readable.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace kashim::cli {

std::string hidden_from_others(const std::string& file)
{
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path path = fs::absolute(file, error);
    if (error || ::getuid() != 0)
        return {};
    const auto lacks = [&error](const fs::path& at, fs::perms wanted) {
        return (fs::status(at, error).permissions() & wanted) == fs::perms::none;
    };
    if (lacks(path, fs::perms::others_read))
        return path;
    for (fs::path folder = path.parent_path(); folder != folder.root_path(); folder = folder.parent_path()) {
        if (lacks(folder, fs::perms::others_exec))
            return folder;
    }
    return {};
}

}  // namespace kashim::cli
