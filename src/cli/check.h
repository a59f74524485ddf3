// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace kashim::cli {

/// Exit statuses, the same for every verb that judges a configuration.
enum class Status : int { good = 0, errors = 1, failed = 2 };

/// kashim check [FILE]: every error and warning of a configuration, as compilers write them, on standard output. An empty
/// path means the file that a program started from here would use; KASHIM_OPTIONS is checked along.
Status check(const std::string& path);

}  // namespace kashim::cli
