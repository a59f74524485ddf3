// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/policy_text.h"

#include "cli/cells.h"
#include "cli/origin_text.h"
#include "cli/rule_text.h"
#include "cli/timeline_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace kashim::cli {
namespace {

using RuleNumber = policy::Table::RuleNumber;

std::string quoted(const MatcherText& matcher)
{
    const bool pattern = matcher.key == "program" || matcher.key == "command";
    std::string text;
    for (const std::string& item : matcher.items) {
        text += text.empty() ? "" : ", ";
        text += pattern ? fmt::format("\"{}\"", harmless(item)) : item;
    }
    return text;
}

class Printer {
public:
    Printer(const Style& style, const Effective& effective) : style_(style), effective_(effective) {}

    void print_defaults() const
    {
        const RuleNumber defaults = table().rules.count - 1;
        print_heading(defaults);
        print_values(defaults);
    }

    void print_rule(RuleNumber number) const
    {
        print_heading(number);
        const std::vector<MatcherText> matchers = matcher_texts(effective_.parsed.rules.rules[number]);
        for (const MatcherText& matcher : matchers)
            print_line(matcher.key, quoted(matcher));
        if (matchers.empty())
            print_line("matches", "everything");
        print_values(number);
    }

    void print_base() const
    {
        const policy::ProgramPolicy policy(effective_.rules(), policy::Program{});
        const auto& base = policy->base();
        fmt::print("\n{} {}\n", style_.bold("sockets of a program that no rule names, before their peer is known:"),
                   base ? harmless(rule_text(table(), base->rule))
                        : "left alone, for what may decide later says leave");
    }

private:
    const policy::Table& table() const { return **effective_.table; }

    void print_heading(RuleNumber number) const
    {
        fmt::print("\n{} {}\n", style_.bold(harmless(rule_text(table(), number)) + ":"),
                   outcome_text(settings_in_force(effective_, number)));
    }

    void print_values(RuleNumber number) const
    {
        const auto texts = setting_texts(settings_in_force(effective_, number), origins_in_force(effective_, number));
        for (const SettingText& text : texts)
            print_line(text.key, fmt::format("{:16} {}", text.value,
                                             style_.faint(harmless(origin_text(effective_, text.origin)))));
    }

    static void print_line(std::string_view key, std::string_view text) { fmt::print("  {:14}{}\n", key, text); }

    const Style& style_;
    const Effective& effective_;
};

}  // namespace

void print_policy(const Style& style, const Effective& effective)
{
    const Printer printer(style, effective);
    printer.print_defaults();
    for (RuleNumber number = 0; number < effective.parsed.rules.rules.size(); ++number)
        printer.print_rule(number);
    printer.print_base();
}

}  // namespace kashim::cli
