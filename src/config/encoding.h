// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace kashim::config {

/// The bytes of the code point at the beginning of a text that is not empty; 0 where there is none (Unicode 15, table
/// 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t code_point_length(std::string_view bytes);

/// The first thing that keeps the bytes from being a text in UTF-8: a byte that is none, or NUL. Said here because
/// toml++ would call it a syntax error.
std::optional<Finding> not_a_text(std::string_view bytes);

}  // namespace kashim::config
