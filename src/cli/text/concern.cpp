// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/text/concern.h"

#include "text/cells.h"
#include "text/origin.h"

#include <fmt/format.h>

#include <algorithm>

namespace kashim::cli {
namespace {

std::string place_of(const loaded::Effective& effective, std::uint32_t line)
{
    return fmt::format("{}:{}", text::harmless(effective.file.located.path), line);
}

// What decides where no rule does.
std::string defaults_text(const loaded::Effective& effective)
{
    if (effective.parsed.rules.defaults_line != 0)
        return fmt::format("[defaults] at {}", place_of(effective, effective.parsed.rules.defaults_line));
    if (effective.file.located.kind == config::Located::Kind::built_in)
        return "the built-in values (there is no configuration file)";
    return fmt::format("the built-in values ({} has no [defaults])", text::harmless(effective.file.located.path));
}

std::string rule_text(const policy::Rule& rule)
{
    const std::string_view leaves = rule.settings.keepalive == policy::Keepalive::leave ? " (leaves it alone)" : "";
    return rule.name.empty() ? fmt::format("line {}{}", rule.line, leaves)
                             : fmt::format("\"{}\" (line {}){}", text::harmless(rule.name), rule.line, leaves);
}

// Which of them leaves the program alone: the last word is that of the first rule that asks for nothing else. It may
// have that from elsewhere.
std::string who_leaves(const loaded::Effective& effective, const Concern& concern)
{
    using Source = config::ValueOrigin::Source;
    const bool by_rule = !concern.rules.empty() && concern.rules.back()->unconditional();
    const policy::Table::RuleNumber defaults = (*effective.table)->rules.count - 1;
    const config::ValueOrigin origin = text::origins_in_force(
        effective, by_rule ? effective.number_of(*concern.rules.back()) : defaults)[config::Key::keepalive];
    if (origin.source == Source::options)
        return text::origin_text(effective, origin);
    if (origin.source != Source::rule)
        return defaults_text(effective);
    const policy::Rule& rule = *concern.rules.back();
    const std::string name = rule.name.empty() ? "" : fmt::format(" \"{}\"", text::harmless(rule.name));
    return fmt::format("rule{} at {}", name, place_of(effective, rule.line));
}

std::string text_of(const loaded::Effective& effective, const Concern& concern)
{
    if (concern.leaves_everything)
        return fmt::format("left alone: {} says keepalive = \"leave\"", who_leaves(effective, concern));
    if (concern.rules.empty())
        return fmt::format("no rule concerns it: every connection gets {}{}", defaults_text(effective),
                           text::overlay_text(effective));
    constexpr std::size_t kMost = 8;
    std::string list;
    for (std::size_t i = 0; i < std::min(concern.rules.size(), kMost); ++i)
        list += (i == 0 ? "" : ", ") + rule_text(*concern.rules[i]);
    if (concern.rules.size() > kMost)
        list += " ...";
    return fmt::format("{}: of {} rule{} {} may decide about its connections: {}",
                       text::harmless(effective.file.located.path), effective.parsed.rules.rules.size(),
                       effective.parsed.rules.rules.size() == 1 ? "" : "s", concern.rules.size(), list);
}

}  // namespace

Concern concern_of(const loaded::Effective& effective, const policy::Program& program)
{
    Concern concern;
    for (const policy::Rule& rule : effective.parsed.rules.rules) {
        if (!policy::matches(rule.selector, program))
            continue;
        concern.rules.push_back(&rule);
        if (rule.unconditional())
            break;  // those behind it are never asked
    }
    concern.leaves_everything = policy::ProgramPolicy(effective.rules(), program)->leaves_everything();
    concern.text = text_of(effective, concern);
    return concern;
}

}  // namespace kashim::cli
