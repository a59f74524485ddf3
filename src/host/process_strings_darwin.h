// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace kashim::host {

/// What a process was executed with: the strings above its stack (KERN_PROCARGS2, sysctl(3)), which the program may have
/// written over since. Of the system's own programs the environment is left out by the kernel.
struct ProcessStrings {
    int error = 0;          ///< errno; of another user's process EINVAL
    std::string executed;   ///< the path
    std::string arguments;  ///< a zero byte behind each
    std::vector<std::string> environment;
};
ProcessStrings process_strings(int pid);

/// The path of the file that it executes, without symbolic links; empty where it cannot be known.
std::string executable_of(int pid);

}  // namespace kashim::host
