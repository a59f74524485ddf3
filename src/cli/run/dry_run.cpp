// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/run/dry_run.h"

#include "cli/explain/explanation_text.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/text/concern.h"
#include "cli/text/shell_words.h"
#include "cli/text/timeline.h"
#include "cli/text/values_json.h"
#include "platform/system.h"
#include "text/cells.h"
#include "text/origin.h"
#include "text/rule.h"
#include "text/style.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace kashim::cli {
namespace {

using RuleNumber = policy::Table::RuleNumber;

// The rules that may decide, with [defaults] where no rule decides everything.
std::vector<RuleNumber> deciding(const loaded::Effective& effective, const policy::Program& program)
{
    std::vector<RuleNumber> numbers;
    for (const policy::Rule* rule : concern_of(effective, program).rules) {
        numbers.push_back(effective.number_of(*rule));
        if (rule->unconditional())
            return numbers;
    }
    numbers.push_back((*effective.table)->rules.count - 1);
    return numbers;
}

// What a rule asks of a connection, beside the program.
std::string connections_text(const loaded::Effective& effective, RuleNumber number, bool first)
{
    if (number == effective.parsed.rules.rules.size())
        return first ? "every connection" : "every other connection";
    std::string text;
    for (const text::MatcherText& matcher : text::matcher_texts(effective.parsed.rules.rules[number])) {
        if (matcher.matcher == policy::Matcher::program || matcher.matcher == policy::Matcher::command)
            continue;
        text += fmt::format("{}{} ", text.empty() ? "" : "; ", text::name_of(matcher.matcher));
        for (const std::string& item : matcher.items)
            text += (&item == &matcher.items.front() ? "" : ", ") + item;
    }
    return text.empty() ? "every connection" : text;
}

std::string command_text(const RunPlan& plan)
{
    std::string text = plan.variables.empty() ? "" : "env";
    const auto append = [&text](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
    for (const Variable& variable : plan.variables)
        append(variable.name + "=" + shell_word(variable.value));
    if (!plan.unreached.empty())
        append("kashim guard --");
    for (const std::string& argument : plan.arguments)
        append(shell_word(argument));
    return text;
}

std::string disabled_text()
{
    return fmt::format("KASHIM_DISABLE={} is set: it is started without kashim",
                       text::harmless(std::getenv("KASHIM_DISABLE")));
}

void print_program(const text::Style& style, const host::ProgramFacts& facts)
{
    const auto fact = [](const std::string& text) { return text.empty() ? std::string("none") : text::harmless(text); };
    fmt::print("\n{}\n{}{}{}{}{}", style.bold("program"), row("executable", fact(facts.executable)),
               row("executed", fact(facts.executed)), row("name", fact(facts.name)), row("script", fact(facts.script)),
               row("command", fact(facts.command)));
}

void print_configuration(const text::Style& style, const loaded::Effective& effective, const policy::Program& program)
{
    const bool has_file = effective.file.located.kind == config::Located::Kind::file;
    fmt::print("\n{}\n{}", style.bold("configuration"),
               row("file", has_file ? text::harmless(effective.file.located.path) : "none"));
    if (!effective.options_text.empty())
        fmt::print("{}", row("options", text::harmless(effective.options_text)));
    fmt::print("\n{}\n", style.bold("rules for this program, the first that matches a connection decides"));
    const std::vector<RuleNumber> numbers = deciding(effective, program);
    for (const RuleNumber number : numbers)
        fmt::print("  {}: {}: {}\n", text::harmless(text::rule_text(**effective.table, number)),
                   text::harmless(connections_text(effective, number, number == numbers.front())),
                   outcome_text(text::settings_in_force(effective, number)));
}

Json rules_json(const loaded::Effective& effective, const policy::Program& program)
{
    const policy::Table& table = **effective.table;
    Json rules = Json::array();
    for (const RuleNumber number : deciding(effective, program)) {
        const std::string_view name = table.text(table.rule(number).name);
        const std::uint32_t line = table.rule(number).line;
        rules.push_back({{"record", number < effective.parsed.rules.rules.size() ? "rule" : "defaults"},
                         {"name", name.empty() ? Json() : Json(name)},
                         {"line", line == 0 ? Json() : Json(line)},
                         {"values", values_json(effective, number)}});
    }
    return rules;
}

Json configuration_json(const loaded::Effective& effective, const policy::Program& program)
{
    const bool has_file = effective.file.located.kind == config::Located::Kind::file;
    return {{"file", has_file ? Json(effective.file.located.path) : Json()},
            {"options", effective.options_text},
            {"leaves_everything", policy::ProgramPolicy(effective.rules(), program)->leaves_everything()},
            {"rules", rules_json(effective, program)}};
}

}  // namespace

std::string unreached_text(const RunPlan& plan)
{
    constexpr std::string_view kFate =
        platform::kTakesSockets ? "and is guarded instead" : "and, as macOS has no guard, is not started";
    return fmt::format("{} cannot be preloaded {}: {}", text::harmless(plan.arguments.front()), kFate,
                       text::harmless(plan.unreached));
}

void print_dry_run(const RunPlan& plan)
{
    const text::Style style(STDOUT_FILENO);
    const std::string name = text::harmless(plan.arguments.front());
    const policy::Program program = plan.facts.program();
    std::string first;
    if (!plan.configuration)
        first += style.bad(fmt::format("{}: {}", name, disabled_text())) + "\n";
    if (!plan.unreached.empty())
        first += style.bad(unreached_text(plan)) + "\n";
    if (!plan.doubt.empty())
        first += style.doubtful(fmt::format("{}: whether a preload reaches it cannot be told: {}", name,
                                            text::harmless(plan.doubt))) +
                 "\n";
    if (plan.configuration) {
        const Concern concern = concern_of(*plan.configuration, program);
        if (concern.comes_first())
            first += style.bold(fmt::format("{}: {}", name, concern.text)) + "\n";
    }
    fmt::print("{}{}{}\n  {}\n", first, first.empty() ? "" : "\n", style.bold("what is executed"), command_text(plan));
    print_program(style, plan.facts);
    if (plan.configuration)
        print_configuration(style, *plan.configuration, program);
}

void print_dry_run_json(const RunPlan& plan)
{
    const host::ProgramFacts& facts = plan.facts;
    Json environment = Json::object();
    for (const Variable& variable : plan.variables)
        environment[variable.name] = variable.value;
    print_json(
        {{"arguments", plan.arguments},
         {"environment", environment},
         {"disabled", !plan.configuration.has_value()},
         {"unreached", plan.unreached.empty() ? Json() : Json(plan.unreached)},
         {"doubt", plan.doubt.empty() ? Json() : Json(plan.doubt)},
         {"program",
          {{"executable", facts.executable},
           {"executed", facts.executed},
           {"name", facts.name},
           {"script", facts.script},
           {"command", facts.command}}},
         {"configuration", plan.configuration ? configuration_json(*plan.configuration, facts.program()) : Json()}});
}

}  // namespace kashim::cli
