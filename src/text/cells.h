// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kashim::text {

/// The first character of a text as a terminal may show it.
struct Cell {
    std::string shown;      ///< itself, or <U+001B> in its place, or <ff> where the byte is not UTF-8
    std::size_t bytes = 0;  ///< in the text
    unsigned width = 1;     ///< in columns of the terminal: 0 (it stands on the one before), 1, 2 ...
};

/// The text must not be empty. What a terminal obeys (control characters, marks of direction) and what cannot be seen
/// (zero-width characters) is named instead. A tab is one blank: its width depends on where it stands.
///
/// The width is ours, not wcwidth(3)'s, which knows nothing without a UTF-8 locale, as in many services and containers:
/// East Asian wide characters and emoji take two columns, the combining marks of Latin, Greek, Cyrillic, Hebrew, Arabic
/// and Thai none, everything else one.
Cell first_cell(std::string_view text);

/// The whole text so: for names that somebody else chose.
std::string harmless(std::string_view text);

}  // namespace kashim::text
