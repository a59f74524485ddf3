// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/schema.h"

#include <algorithm>
#include <array>

namespace kashim::config {
namespace {

constexpr std::string_view kTime = "a time from 1 to 32767 seconds (\"60s\", \"2m\", \"1h30m\" or 60)";

constexpr std::array<Row, 13> kRows = {{
    {Key::keepalive, "keepalive", true, "true, false or \"leave\"", "true", "true",
     "Probing on or off. \"leave\" touches nothing at all and stands alone."},
    {Key::idle, "idle", true, kTime, "\"60s\"", "\"60s\"", "Silence before the first probe."},
    {Key::interval, "interval", true, kTime, "\"30s\"", "\"30s\"", "Time between probes."},
    {Key::count, "count", true, "a whole number from 1 to 127", "5", "5",
     "Unanswered probes before the connection is dead."},
    {Key::user_timeout, "user_timeout", true,
     "\"off\", \"auto\" or a time with its unit from 1 ms to 2147483647 ms (\"45s\", \"1500ms\")", "\"off\"",
     "\"auto\"", "Longest wait for an acknowledgement of sent data. \"auto\" is idle + interval x count."},
    {Key::app, "app", true, "\"respect\", \"cap\" or \"override\"", "\"respect\"", "\"override\"",
     "Who wins where the program has settings of its own: it, whichever gives up earlier, or this file."},
    {Key::dead_after, "dead_after", true, "a time from 2 to 4194176 seconds (\"45s\", \"2m\", \"1h30m\" or 45)", "",
     "\"45s\"",
     "How long a silent peer goes unnoticed: fixes idle + interval x count exactly; a rule that sets one "
     "changes the sum."},
    {Key::name, "name", false, "a text on one line, not empty", "", "\"postgres behind the load balancer\"",
     "What messages call the rule."},
    {Key::program, "program", false, "a pattern such as \"nginx\" or \"/opt/app/bin/*\", or a list of them", "",
     "[\"pgbouncer\", \"/opt/app/bin/*\"]",
     "With a slash: the path as executed, or the file behind it. Without: file name, process name or script."},
    {Key::command, "command", false, "a pattern such as \"*gunicorn*\", or a list of them", "", "\"*gunicorn*\"",
     "The whole command line, its arguments joined by blanks."},
    {Key::direction, "direction", false, "\"outbound\" or \"inbound\"", "", "\"outbound\"",
     "Who opened the connection: the program (outbound) or its peer (inbound)."},
    {Key::port, "port", false, "a port from 1 to 65535, a range such as \"6000-6010\", or a list of them", "",
     "[5432, \"6000-6010\"]", "Outbound: the peer's port. Inbound: the port on which the program listens."},
    {Key::peer, "peer", false, "an address such as \"192.0.2.7\", a network such as \"10.0.0.0/8\", or a list of them",
     "", "[\"10.0.0.0/8\", \"fd00::/8\"]", "The peer's address. IPv4-mapped IPv6 counts as IPv4."},
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
