// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace kashim::config {

/// Every key there is, in the order of the table.
enum class Key : std::uint8_t {
    keepalive,
    idle,
    interval,
    count,
    user_timeout,
    app,
    dead_after,
    name,
    program,
    command,
    direction,
    port,
    peer,
};

/// Those of a policy::Settings: the first ones, so that each is its own index among them.
inline constexpr Key kSettingKeys[] = {Key::keepalive, Key::idle,         Key::interval,
                                       Key::count,     Key::user_timeout, Key::app};

/// Where keys stand.
enum class Where : std::uint8_t { defaults, rule, options };

/// [defaults], [[rule]], these options
std::string_view to_text(Where where);

/// One key. The parser and its messages are made from these rows; tests hold config/kashim.toml, the README's table and
/// the manual page to them.
struct Row {
    Key key;
    std::string_view name;
    bool is_value;              ///< stands in [defaults], [[rule]] and KASHIM_OPTIONS; a matcher in [[rule]] only
    std::string_view expected;  ///< goes on after "NAME must be"

    constexpr bool allowed_in(Where where) const { return is_value || where == Where::rule; }
};

std::span<const Row> schema();

const Row& row(Key key);

/// The row with that name; null where there is none.
const Row* find_row(std::string_view name);

}  // namespace kashim::config
