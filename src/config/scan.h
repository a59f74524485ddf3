// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"

#include <optional>
#include <string_view>

namespace kashim::config {

/// toml++ 3.3.0 recurses once for each part of a dotted key and knows no limit: about a hundred overflow a small
/// stack. No key of ours needs a dot at all.
inline constexpr unsigned kMostDots = 32;

/// The first thing in the text (in UTF-8) that toml++ shall not see: a key with more than kMostDots dots, or a
/// character outside of ASCII where neither a string nor a comment is. That is mostly a quote from a text processor,
/// and toml++ would not say so. Dots in strings and comments do not count. To be asked before the text is parsed.
std::optional<Finding> unfit_for_parser(std::string_view text);

}  // namespace kashim::config
