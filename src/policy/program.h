// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/rule.h"

#include <span>
#include <string_view>

namespace kashim::policy {

/// What is known of a process, as it was when it was executed. All of it belongs to the caller; what is unknown is empty.
struct Program {
    std::string_view executable;  ///< /proc/PID/exe, without " (deleted)"
    std::string_view executed;    ///< the path given to execve (AT_EXECFN): a script's own path where it has a #! line
    std::string_view name;        ///< comm, 15 bytes at most
    std::string_view script;      ///< the file an interpreter runs: see script_of()
    std::string_view command;     ///< the arguments joined by blanks, the first kLongestCommand bytes
};

inline constexpr std::size_t kLongestCommand = 4096;

/// The last part of a path.
std::string_view file_name(std::string_view path);

/// The script that an interpreter (sh, python3.11, perl, ruby, node, php ...) was told to run: its first argument that
/// is neither an option nor an option's value. Empty for other programs, and for code given on the command line.
/// arguments[0] is the program's own name. executable says which interpreter it is.
std::string_view script_of(std::string_view executable, std::span<const std::string_view> arguments);

/// Whether the executable is an interpreter that script_of() knows: for any other the arguments do not matter there.
bool may_run_script(std::string_view executable);

/// A pattern with a slash is for the paths; one without for the file names, the process name and the script's file name.
bool matches_program(std::string_view pattern, const Program& program);

/// The pattern is for the whole command line.
bool matches_command(std::string_view pattern, const Program& program);

/// Each half of a selector by itself.
bool programs_match(const Selector& selector, const Program& program);
bool commands_match(const Selector& selector, const Program& program);

bool matches(const Selector& selector, const Program& program);

}  // namespace kashim::policy
