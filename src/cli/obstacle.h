// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
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

/// Says that on standard error, in the name of a verb, and returns the exit status.
int cannot_execute(std::string_view verb, const std::vector<std::string>& arguments, int error);

/// The words of an argument vector that a null pointer ends.
std::vector<std::string> strings(char** words);

}  // namespace kashim::cli
