// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace kashim::policy {

/// Whether the whole text matches: * is any run of bytes (slashes too), ? any one byte, [a-z] and [!a-z] a byte of a
/// class, \\x the byte x. A class that is never closed stands for itself. Time is at most pattern x text; no recursion.
bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace kashim::policy
