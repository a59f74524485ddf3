// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
// What people read of the schema. Kept out of schema.cpp: the injected library has no use for it.
#include "config/schema.h"

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

std::string default_file()
{
    std::string text(kHead);
    for (const Row& row : schema()) {
        if (!row.is_value)
            continue;
        text += "\n" + comment(row.doc);
        if (row.key == Key::dead_after) {
            // At its default values, so that nothing contradicts it when all comment signs go.
            text += std::string(kDeadAfter) + comment("May be " + std::string(row.expected) + ".");
            text += setting(row, "\"210s\"");
        } else {
            text += comment("May be " + std::string(row.expected) + ".") + setting(row, row.default_text);
        }
    }
    text += kRuleHead;
    for (const Row& row : schema()) {
        if (row.is_value)
            continue;
        text += comment(row.doc) + comment("May be " + std::string(row.expected) + ".") + setting(row, row.example);
        text += "#\n";
    }
    text += comment("What such a connection gets.") + setting(row(Key::dead_after), row(Key::dead_after).example);
    return text;
}

std::string key_table()
{
    std::string text = "| key | where | may be | default | meaning |\n|---|---|---|---|---|\n";
    for (const Row& row : schema()) {
        text += "| " + code(row.name) + " | " + (row.is_value ? "`[defaults]`, `[[rule]]`" : "`[[rule]]`") + " | " +
                std::string(row.expected) + " | " + (row.default_text.empty() ? "absent" : code(row.default_text)) +
                " | " + std::string(row.doc) + " |\n";
    }
    return text;
}

}  // namespace kashim::config
