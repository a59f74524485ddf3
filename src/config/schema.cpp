// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/schema.h"

#include "policy/settings.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace kashim::config {
namespace {

constexpr std::string_view kTime = "a time from 1 to 32767 seconds (\"60s\", \"2m\", \"1h30m\" or 60)";

constexpr std::array<Row, 13> kRows = {{
    {Key::keepalive, "keepalive", true, "true, false or \"leave\""},
    {Key::idle, "idle", true, kTime},
    {Key::interval, "interval", true, kTime},
    {Key::count, "count", true, "a whole number from 1 to 127"},
    {Key::user_timeout, "user_timeout", true,
     "\"off\", \"auto\" or a time with its unit from 1 ms to 2147483647 ms (\"45s\", \"1500ms\")"},
    {Key::app, "app", true, "\"respect\", \"cap\" or \"override\""},
    {Key::dead_after, "dead_after", true, "a time from 2 to 4194176 seconds (\"45s\", \"2m\", \"1h30m\" or 45)"},
    {Key::name, "name", false, "a text on one line, not empty"},
    {Key::program, "program", false, "a pattern such as \"nginx\" or \"/opt/app/bin/*\", or a list of them"},
    {Key::command, "command", false, "a pattern such as \"*gunicorn*\", or a list of them"},
    {Key::direction, "direction", false, "\"outbound\" or \"inbound\""},
    {Key::port, "port", false, "a port from 1 to 65535, a range such as \"6000-6010\", or a list of them"},
    {Key::peer, "peer", false, "an address such as \"192.0.2.7\", a network such as \"10.0.0.0/8\", or a list of them"},
}};

constexpr bool in_order()
{
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (static_cast<std::size_t>(kRows[i].key) != i)
            return false;
    }
    return true;
}
static_assert(in_order(), "row() looks a key up by its number");

// Setting number i is option number i of a socket: policy::kOptions.
constexpr bool settings_are_options()
{
    using policy::Option;
    constexpr Key kKeys[] = {Key::keepalive, Key::idle, Key::interval, Key::count, Key::user_timeout};
    constexpr Option kOptions[] = {Option::keepalive, Option::idle, Option::interval, Option::count,
                                   Option::user_timeout};
    for (std::size_t i = 0; i < std::size(kKeys); ++i) {
        if (kSettingKeys[i] != kKeys[i] || static_cast<std::size_t>(kKeys[i]) != i ||
            policy::kOptions[i] != kOptions[i])
            return false;
    }
    return static_cast<std::size_t>(Key::app) == std::size(kKeys) && kSettingKeys[std::size(kKeys)] == Key::app;
}
static_assert(settings_are_options(), "whoever shows or lays over settings goes through both side by side");

}  // namespace

std::string_view to_text(Where where)
{
    switch (where) {
    case Where::defaults:
        return "[defaults]";
    case Where::rule:
        return "[[rule]]";
    case Where::options:
        break;
    }
    return "these options";  // KASHIM_OPTIONS, or what --set says: the place tells
}

std::span<const Row> schema()
{
    return kRows;
}

const Row& row(Key key)
{
    return kRows[static_cast<std::size_t>(key)];
}

const Row* find_row(std::string_view name)
{
    const auto found = std::find_if(kRows.begin(), kRows.end(), [name](const Row& row) { return row.name == name; });
    return found == kRows.end() ? nullptr : &*found;
}

}  // namespace kashim::config
