// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/check/policy_text.h"

#include "cli/text/timeline.h"
#include "text/cells.h"
#include "text/origin.h"
#include "text/rule.h"

#include <fmt/format.h>

#include <algorithm>

namespace kashim::cli {
namespace {

using RuleNumber = policy::Table::RuleNumber;

std::string quoted(const text::MatcherText& matcher)
{
    const bool pattern = matcher.matcher == policy::Matcher::program || matcher.matcher == policy::Matcher::command;
    std::string text;
    for (const std::string& item : matcher.items) {
        text += text.empty() ? "" : ", ";
        text += pattern ? fmt::format("\"{}\"", text::harmless(item)) : item;
    }
    return text;
}

class Printer {
public:
    Printer(const text::Style& style, const loaded::Effective& effective) : style_(style), effective_(effective) {}

    void print_defaults() const
    {
        const RuleNumber defaults = table().rules.count - 1;
        print_heading(defaults);
        print_values(defaults);
    }

    void print_rule(RuleNumber number) const
    {
        print_heading(number);
        const std::vector<text::MatcherText> matchers = text::matcher_texts(effective_.parsed.rules.rules[number]);
        for (const text::MatcherText& matcher : matchers)
            print_line(text::name_of(matcher.matcher), quoted(matcher));
        if (matchers.empty())
            print_line("matches", "everything");
        print_values(number);
    }

    void print_base() const
    {
        const policy::ProgramPolicy policy(effective_.rules(), policy::Program{});
        const auto& base = policy->base();
        fmt::print("\n{} {}\n", style_.bold("sockets of a program that no rule names, before their peer is known:"),
                   base ? text::harmless(text::rule_text(table(), base->rule))
                        : "left alone, for what may decide later says leave");
    }

private:
    const policy::Table& table() const { return **effective_.table; }

    void print_heading(RuleNumber number) const
    {
        fmt::print("\n{} {}\n", style_.bold(text::harmless(text::rule_text(table(), number)) + ":"),
                   outcome_text(text::settings_in_force(effective_, number)));
    }

    void print_values(RuleNumber number) const
    {
        const auto texts = text::setting_texts(text::settings_in_force(effective_, number),
                                               text::origins_in_force(effective_, number));
        for (const text::SettingText& text : texts)
            print_line(config::row(text.key).name,
                       fmt::format("{:16} {}", text.value,
                                   style_.faint(text::harmless(text::origin_text(effective_, text.origin)))));
    }

    static void print_line(std::string_view key, std::string_view text) { fmt::print("  {:14}{}\n", key, text); }

    const text::Style& style_;
    const loaded::Effective& effective_;
};

}  // namespace

void print_policy(const text::Style& style, const loaded::Effective& effective)
{
    const Printer printer(style, effective);
    printer.print_defaults();
    for (RuleNumber number = 0; number < effective.parsed.rules.rules.size(); ++number)
        printer.print_rule(number);
    printer.print_base();
}

}  // namespace kashim::cli
