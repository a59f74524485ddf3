// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kashim::test {

/// Parses the text and says what is wrong with the answer, whatever the text is: nothing is how it should be.
std::optional<std::string> parse_fault(std::string_view text);

}  // namespace kashim::test
