// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What `kashim run` changes in the environment of the program, and how it becomes the program.
#pragma once

#include "loaded/effective.h"
#include "reach/elf_image.h"

#include <string>
#include <vector>

namespace kashim::cli {

/// Exit statuses of run beside the program's own, as of env(1) and timeout(1).
inline constexpr int kRunFailed = 125;      ///< kashim itself: wrong usage, an error in the configuration, no library
inline constexpr int kCannotExecute = 126;  ///< the program is there, but cannot be executed
inline constexpr int kNotFound = 127;       ///< there is no such program

/// One variable, set or set anew.
struct Variable {
    std::string name;
    std::string value;
};

/// KASHIM_DISABLE is on: the library would do nothing.
bool is_disabled();

/// What the loader of a program is to be told of the library that belongs to this command: see is_found_by_name(). Where
/// there is none that it could load, the name is empty and the problem says why.
struct Library {
    std::string name;
    std::string problem;
};
Library find_library(const reach::ElfImage& program);

/// --config, --set and the library, as variables: KASHIM_CONFIG is absolute, because the program may go elsewhere before
/// it starts others. library: empty where there is none.
std::vector<Variable> variables_for(const loaded::ConfigurationRequest& request, std::string_view library);

/// Becomes the program, found as execvp(3) finds it, in this environment with the variables set. Comes back only where
/// that fails, with the errno.
int become(char** program, const std::vector<Variable>& variables);

}  // namespace kashim::cli
