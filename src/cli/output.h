// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

namespace kashim::cli {

/// Runs the command and gives its exit status, but kFailed and a message where not everything could be written to
/// standard output (a full disk, a closed descriptor): who reads half an answer must not take it for a whole one.
int with_all_written(const std::function<int()>& command);

}  // namespace kashim::cli
