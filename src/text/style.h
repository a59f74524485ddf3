// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace kashim::text {

/// Colours, where a human looks: on a terminal, unless NO_COLOR is set (no-color.org) or TERM is "dumb" or not set.
/// Everywhere else each of these gives back its text.
class Style {
public:
    /// For what is written to this descriptor.
    explicit Style(int fd);

    std::string bold(std::string_view text) const { return in("1", text); }
    std::string good(std::string_view text) const { return in("32", text); }
    std::string bad(std::string_view text) const { return in("1;31", text); }
    std::string doubtful(std::string_view text) const { return in("1;35", text); }
    std::string faint(std::string_view text) const { return in("2", text); }

private:
    std::string in(std::string_view code, std::string_view text) const;

    bool coloured_;
};

}  // namespace kashim::text
