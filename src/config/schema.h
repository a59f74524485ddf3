// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
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

/// Where keys stand.
enum class Where : std::uint8_t { defaults, rule, options };

/// [defaults], [[rule]], these options
std::string_view to_text(Where where);

/// One key. The parser, its messages, the configuration file that is installed and the table in the README are all
/// made from these rows.
struct Row {
    Key key;
    std::string_view name;
    bool is_value;              ///< stands in [defaults], [[rule]] and KASHIM_OPTIONS; a matcher in [[rule]] only
    std::string_view expected;  ///< goes on after "NAME must be"

    constexpr bool allowed_in(Where where) const { return is_value || where == Where::rule; }
};

std::span<const Row> schema();

/// What only people read of a key. Apart, because the library carries the rows, and each text is a place that the loader
/// fills in whenever a process starts.
struct KeyText {
    std::string_view default_text;  ///< as in the file; empty where absent is the default
    std::string_view example;       ///< as in the file
    std::string_view doc;           ///< one line
};
const KeyText& text_of(Key key);

const Row& row(Key key);

/// The row with that name; null where there is none.
const Row* find_row(std::string_view name);

/// config/kashim.toml: every key with its meaning, commented out at its default.
std::string default_file();

/// The same as a Markdown table, for the README.
std::string key_table();

}  // namespace kashim::config
