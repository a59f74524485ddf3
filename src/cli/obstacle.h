// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace kashim::cli {

/// Why a program could not be executed.
struct Obstacle {
    int status = 0;    ///< kCannotExecute or kNotFound
    std::string text;  ///< goes on after "kashim run: "
};

/// What stands behind the errno that execvp(3) gave for PROGRAM: execve(2) says ENOENT of the interpreter of a script
/// as of the script itself. The file is looked for as execvp does, and looked at.
Obstacle obstacle(const std::string& program, int error);

}  // namespace kashim::cli
