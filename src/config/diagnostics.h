// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::config {

/// Where something stands in a text: both from 1, columns in code points. Line 0 is the text as a whole.
struct Place {
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    friend constexpr auto operator<=>(const Place&, const Place&) = default;
};

/// The place of a byte of the text.
Place place_of(std::string_view text, std::size_t offset);

enum class Severity : std::uint8_t { error, warning };

/// One thing to say about a text: whole sentences on one line.
struct Finding {
    Severity severity = Severity::error;
    std::uint32_t line = 0;  ///< as in Place
    std::uint32_t column = 0;
    std::string text;

    friend bool operator==(const Finding&, const Finding&) = default;
};

/// FILE:LINE:COLUMN: error: TEXT, as compilers write it; FILE: error: TEXT where the line is 0.
std::string to_text(std::string_view file, const Finding& finding);

/// Whether one of them is an error.
inline bool any_error(const std::vector<Finding>& findings)
{
    return std::any_of(findings.begin(), findings.end(),
                       [](const Finding& finding) { return finding.severity == Severity::error; });
}

/// Collects what is found, in any order.
class Findings {
public:
    /// The text comes in parts: see join().
    void error(Place place, std::initializer_list<std::string_view> text) { add(Severity::error, place, text); }
    void warning(Place place, std::initializer_list<std::string_view> text) { add(Severity::warning, place, text); }

    bool any_error() const { return config::any_error(list_); }

    /// Everything, in the order of the text.
    std::vector<Finding> sorted() &&;

private:
    void add(Severity severity, Place place, std::initializer_list<std::string_view> text);

    std::vector<Finding> list_;
};

}  // namespace kashim::config
