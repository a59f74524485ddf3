// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace kashim::cli {

/// Why a program could not be executed.
struct Obstacle {
    int status = 0;  ///< kCannotExecute or kNotFound
    std::string text;
};

/// What stands behind the errno that execvp(3) gave for this command line: execve(2) says ENOENT of the interpreter of a
/// script as of the script itself. The files are looked for as execvp does, and looked at.
Obstacle obstacle(const std::vector<std::string>& arguments, int error);

}  // namespace kashim::cli
