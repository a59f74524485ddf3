// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kashim::config {

/// The candidate that was probably meant: the nearest by insertions, deletions, substitutions and swaps of neighbours
/// (optimal string alignment), at most a third of the longer word and at least one, upper and lower case alike.
/// The first of equals; none where nothing is near.
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace kashim::config
