// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "cli/effective.h"

namespace kashim::cli {

/// Exit statuses of `guard -- PROGRAM` beside the program's own, as of env(1) and timeout(1).
inline constexpr int kGuardFailed = 125;         ///< kashim itself: an error in the configuration, no process to be had
inline constexpr int kGuardCannotExecute = 126;  ///< the program is there, but cannot be executed
inline constexpr int kGuardNotFound = 127;       ///< there is no such program

/// Of the command line of `kashim guard` what stands behind "--": PROGRAM, its arguments, a null pointer. argc is then
/// that of what stands before, which is all that the argument parser may see: a program must get the very strings that we
/// got. Null where there is no "--", and for other verbs.
char** cut_guarded_program(int& argc, char** argv);

/// `kashim guard -- PROGRAM ARGS`: runs argv[0] with its arguments (a null pointer ends them) as a child and keeps its
/// sockets, and those of all it starts, as the rules say. Terminal, signals, descriptors and exit status are the
/// program's; where it died of a signal, this process does. Says nothing where nothing is wrong. With an error in the
/// configuration the program is not started. With KASHIM_DISABLE this process becomes the program, nothing else.
int guard_program(const ConfigurationRequest& request, char** argv);

}  // namespace kashim::cli
