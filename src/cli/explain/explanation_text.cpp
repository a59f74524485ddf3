// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/explain/explanation_text.h"

#include "cli/explain/endpoint.h"
#include "cli/explain/trace_text.h"
#include "cli/text/timeline.h"
#include "text/cells.h"
#include "text/origin.h"
#include "text/rule.h"

#include <fmt/format.h>

#include <algorithm>

namespace kashim::cli {
namespace {

using policy::Direction;
using policy::Keepalive;
using RuleNumber = policy::Table::RuleNumber;

std::string peers_of(const Explained& explained, const std::vector<policy::Address>& peers)
{
    std::string text;
    for (const policy::Address& peer : peers)
        text += (text.empty() ? "" : ", ") + (explained.connection.direction == Direction::outbound
                                                  ? endpoint_text({peer, explained.connection.port})
                                                  : address_text(peer));
    return text;
}

// What was written is said too where it is not the address itself.
std::string connection_text(const Explained& explained, const Answer& answer)
{
    const AskedConnection& connection = explained.connection;
    const std::string peers = peers_of(explained, answer.peers);
    if (connection.is_listener())
        return fmt::format("listening on port {}", connection.port);
    if (connection.direction == Direction::inbound)
        return fmt::format("from {} to port {}", peers, connection.port);
    const bool is_address = answer.peers.size() == 1 && address_text(answer.peers.front()) == connection.host;
    return is_address ? "to " + peers
                      : fmt::format("to {}:{} ({})", text::harmless(connection.host), connection.port, peers);
}

// That no rule decides is said first, where something is probed by it.
std::string outcome(const Explained& explained, const Answer& answer)
{
    const std::string text = outcome_text(answer.decision.settings, explained.system);
    const bool defaults = answer.decision.rule == explained.effective.parsed.rules.rules.size();
    if (!defaults || answer.decision.settings.keepalive != Keepalive::on)
        return text;
    const bool concerned = rules_for(explained.effective, explained.program.facts.program()) != 0;
    return (concerned ? "no rule matches: " : "no rule is for this program: ") + text;
}

// What makes it so may stand elsewhere than in the rule that decides.
std::string because(const Explained& explained, const Answer& answer)
{
    if (answer.decision.settings.keepalive == Keepalive::on)
        return std::string(text::overlay_text(explained.effective));
    const config::ValueOrigin origin =
        text::origins_in_force(explained.effective, answer.decision.rule)[config::Key::keepalive];
    return fmt::format(" (keepalive is {}: {})", answer.leaves() ? "\"leave\"" : "false",
                       text::harmless(text::origin_text(explained.effective, origin)));
}

std::string fact(const std::string& text)
{
    return text.empty() ? "none" : text::harmless(text);
}

std::string configuration_rows(const Explained& explained)
{
    const loaded::Effective& effective = explained.effective;
    const bool has_file = effective.file.located.kind == config::Located::Kind::file;
    std::string text = row("file", has_file ? text::harmless(effective.file.located.path) : "none: built-in defaults");
    if (!effective.options_text.empty())
        text += row("options", text::harmless(effective.options_text));
    return text + row("rules", fmt::format("{}, for this program: {}", effective.parsed.rules.rules.size(),
                                           rules_for(effective, explained.program.facts.program())));
}

// The column of the names; one that is longer shifts its own line only.
std::size_t name_width(const std::vector<policy::Rule>& rules)
{
    constexpr std::size_t kWidest = 24;
    std::size_t widest = std::string_view("[defaults]").size();
    for (const policy::Rule& rule : rules)
        widest = std::max(widest, rule.name.size() + 2);
    return std::min(widest, kWidest) + 1;
}

std::string why_text(const policy::Rule& rule, const policy::Trace& trace, const std::string& holding)
{
    if (!trace.failing.empty())
        return "no: " + failing_text(rule, trace);
    if (trace.awaits_peer)
        return "for peers in " + peers_text(rule);
    return holding.empty() ? "matches everything" : "matches: " + holding;
}

}  // namespace

std::string row(std::string_view key, std::string_view text)
{
    return fmt::format("  {:14}{}\n", key, text);
}

std::string headline(const Explained& explained, const Answer& answer)
{
    const std::string& name = explained.program.name;
    return fmt::format("{} {}: {}, by {}{}\n", name.empty() ? "a program" : text::harmless(name),
                       connection_text(explained, answer), outcome(explained, answer),
                       text::harmless(text::rule_text(**explained.effective.table, answer.decision.rule)),
                       because(explained, answer));
}

std::string preamble(const text::Style& style, const Explained& explained)
{
    const host::ProgramFacts& facts = explained.program.facts;
    std::string text;
    if (!explained.program.unreached.empty())
        text += style.bad(
                    fmt::format("but the library does not reach it: {}", text::harmless(explained.program.unreached))) +
                "; kashim doctor says more\n";
    text += "\n" + style.bold("program") + "\n";
    if (!explained.program.name.empty())
        text += row("executable", fact(facts.executable)) + row("executed", fact(facts.executed)) +
                row("name", fact(facts.name)) + row("script", fact(facts.script)) + row("command", fact(facts.command));
    for (const std::string& assumed : explained.program.assumed)
        text += row("assumed", text::harmless(assumed));
    return text + "\n" + style.bold("configuration") + "\n" + configuration_rows(explained);
}

std::string rules_text(const text::Style& style, const Explained& explained, const Answer& answer)
{
    const std::vector<policy::Rule>& rules = explained.effective.parsed.rules.rules;
    const policy::Program program = explained.program.facts.program();
    const auto peer = answer.peers.empty() ? std::nullopt : std::optional(answer.peers.front());
    const policy::Asked asked{explained.connection.direction, explained.connection.port, peer};
    const RuleNumber winner = answer.decision.rule;

    std::string text = "\n" + style.bold("rules, the first that matches decides") + "\n";
    const std::size_t width = name_width(rules);
    for (RuleNumber number = 0; number < rules.size(); ++number) {
        const policy::Rule& rule = rules[number];
        const std::string why = why_text(rule, answer.traces[number], holding_text(rule, program, asked));
        const std::string name = rule.name.empty() ? "" : fmt::format("\"{}\"", text::harmless(rule.name));
        const std::string start = fmt::format("  line {:<6}{:<{}}", rule.line, name, width);
        if (number == winner)
            text += style.bold(start) + style.good("decides: it " + why) + "\n";
        else if (number < winner)
            text += fmt::format("{}{}\n", start, why);
        else
            text += style.faint(fmt::format("{}not asked: an earlier rule decided ({})", start, why)) + "\n";
    }
    const std::uint32_t line = explained.effective.parsed.rules.defaults_line;
    const std::string start = line == 0 ? fmt::format("  {:11}{:<{}}", "built in", "", width)
                                        : fmt::format("  line {:<6}{:<{}}", line, "[defaults]", width);
    if (winner == rules.size())
        return text + style.bold(start) + style.good("decides: no rule matches") + "\n";
    return text + style.faint(start + "not asked: an earlier rule decided") + "\n";
}

std::string answer_text(const text::Style& style, const Explained& explained, const Answer& answer)
{
    return rules_text(style, explained, answer) + values_text(style, explained, answer) +
           death_text(style, explained, answer);
}

}  // namespace kashim::cli
