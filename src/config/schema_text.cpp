// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
// What people read of the schema. Kept out of schema.cpp: the injected library has no use for it.
#include "config/schema.h"

#include <array>

namespace kashim::config {
namespace {

constexpr std::string_view kHead =
    R"(# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# kashim gives TCP keepalive to programs that nobody can change.
#
# Every key of [defaults] stands here, commented out, at its default: an empty file does the same. A program reads
# this file once, when it starts. "kashim check" finds the mistakes in it, "kashim explain" says which rule decides for
# a connection, "kashim apply" puts it in force in programs that run. All of it: kashim.toml(5).
#
# The first of these is read, and no other: the file that the variable KASHIM_CONFIG names; for users other than root
# $XDG_CONFIG_HOME/kashim/kashim.toml, usually ~/.config/kashim/kashim.toml; kashim/kashim.toml in the system's folder
# for configuration, usually /etc.

# What a connection gets when no rule matches, and what rules inherit.
[defaults]
)";

constexpr std::string_view kDeadAfter =
    R"(# The same in one number, instead of idle, interval and count: it splits itself into the three. Those that stand
# beside it are kept, and the others follow.
)";

constexpr std::string_view kRuleHead =
    R"(
# Rules: the first one that matches decides, in the order of the file. All keys of a rule that say which connections it
# is for must match; in a list one item is enough; a key that is absent matches everything. A rule may also have every
# key of [defaults]; those it does not set come from there, unless it says keepalive = "leave".
#
# This one is an example.
#
#[[rule]]
)";

// In the order of the keys.
constexpr std::array<KeyText, 13> kTexts = {{
    {"true", "true", "Probing on or off. \"leave\" touches nothing at all and stands alone."},  // keepalive
    {"\"60s\"", "\"60s\"", "Silence before the first probe."},                                  // idle
    {"\"30s\"", "\"30s\"", "Time between probes."},                                             // interval
    {"5", "5", "Unanswered probes before the connection is dead."},                             // count
    {"\"off\"", "\"auto\"",
     "Longest wait for an acknowledgement of sent data. \"auto\" is idle + interval x count."},  // user_timeout
    {"\"respect\"", "\"override\"",
     "Who wins where the program has settings of its own: it, whichever gives up earlier, or this file."},  // app
    {"", "\"45s\"",
     "How long a silent peer goes unnoticed: fixes idle + interval x count exactly; a rule that sets one "
     "changes the sum."},                                                           // dead_after
    {"", "\"postgres behind the load balancer\"", "What messages call the rule."},  // name
    {"", "[\"pgbouncer\", \"/opt/app/bin/*\"]",
     "With a slash: the path as executed, or the file behind it. Without: file name, process name or "
     "script."},                                                                                       // program
    {"", "\"*gunicorn*\"", "The whole command line, its arguments joined by blanks."},                 // command
    {"", "\"outbound\"", "Who opened the connection: the program (outbound) or its peer (inbound)."},  // direction
    {"", "[5432, \"6000-6010\"]",
     "Outbound: the peer's port. Inbound: the port on which the program listens."},                  // port
    {"", "[\"10.0.0.0/8\", \"fd00::/8\"]", "The peer's address. IPv4-mapped IPv6 counts as IPv4."},  // peer
}};

std::string comment(std::string_view text)
{
    return "# " + std::string(text) + "\n";
}

std::string setting(const Row& row, std::string_view value)
{
    return "#" + std::string(row.name) + " = " + std::string(value) + "\n";
}

// As code that Markdown leaves alone; | would end the cell even there, but no text of the schema has one.
std::string code(std::string_view text)
{
    return text.empty() ? "" : "`" + std::string(text) + "`";
}

}  // namespace

const KeyText& text_of(Key key)
{
    return kTexts[static_cast<std::size_t>(key)];
}

std::string default_file()
{
    std::string text(kHead);
    for (const Row& row : schema()) {
        if (!row.is_value)
            continue;
        text += "\n" + comment(text_of(row.key).doc);
        if (row.key == Key::dead_after) {
            // At its default values, so that nothing contradicts it when all comment signs go.
            text += std::string(kDeadAfter) + comment("May be " + std::string(row.expected) + ".");
            text += setting(row, "\"210s\"");
        } else {
            text += comment("May be " + std::string(row.expected) + ".") + setting(row, text_of(row.key).default_text);
        }
    }
    text += kRuleHead;
    for (const Row& row : schema()) {
        if (row.is_value)
            continue;
        text += comment(text_of(row.key).doc) + comment("May be " + std::string(row.expected) + ".") +
                setting(row, text_of(row.key).example);
        text += "#\n";
    }
    text += comment("What such a connection gets.") + setting(row(Key::dead_after), text_of(Key::dead_after).example);
    return text;
}

std::string key_table()
{
    std::string table = "| key | where | may be | default | meaning |\n|---|---|---|---|---|\n";
    for (const Row& row : schema()) {
        const KeyText& text = text_of(row.key);
        table += "| " + code(row.name) + " | " + (row.is_value ? "`[defaults]`, `[[rule]]`" : "`[[rule]]`") + " | " +
                 std::string(row.expected) + " | " + (text.default_text.empty() ? "absent" : code(text.default_text)) +
                 " | " + std::string(text.doc) + " |\n";
    }
    return table;
}

}  // namespace kashim::config
