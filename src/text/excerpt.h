// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kashim::text {

/// A line of a text as it is shown, and where in it the caret belongs.
struct Excerpt {
    std::string text;
    std::size_t caret = 0;  ///< columns of the terminal in front of it
};

/// Finds one place after the other. Going on from the last one, so that many findings in one long line, or in many
/// lines, do not each walk the text from its beginning: places are best asked for in their order.
class PlaceFinder {
public:
    explicit PlaceFinder(std::string_view text);

    /// The place's line as far as it fits into so many columns, cut around the place where it does not. Nothing where
    /// the text has no such line.
    std::optional<Excerpt> excerpt(config::Place place, std::size_t columns);

private:
    void restart();
    bool go_to(config::Place place);

    std::string_view text_;
    std::size_t line_begin_ = 0;
    std::size_t at_ = 0;
    config::Place place_{1, 1};  // of at_
};

}  // namespace kashim::text
