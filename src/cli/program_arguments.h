// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>

namespace kashim::cli {

/// The command line of a verb that runs a program, cut where the program's own begins: everything behind PROGRAM is the program's,
/// also what looks like an option of ours. So the argument parser never sees it, and the program gets the very strings
/// that we got.
struct ProgramArguments {
    int ours = 0;              ///< how many of our arguments are for the parser
    char** program = nullptr;  ///< PROGRAM, its arguments, a null pointer; null where no program is named
};

/// Cuts at the first argument behind the verb that is neither an option of the verb nor an option's value, or behind
/// "--". argv[0] is our own name, argv[1] the verb's.
ProgramArguments cut_program_arguments(const CLI::App& verb, int argc, char** argv);

/// Cuts at "--" alone: for a verb that has arguments of its own before it.
ProgramArguments cut_behind_dashes(int argc, char** argv);

}  // namespace kashim::cli
