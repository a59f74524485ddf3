// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/check/policy_json.h"

#include "cli/text/values_json.h"
#include "text/origin.h"
#include "text/rule.h"

namespace kashim::cli {
namespace {

using policy::Keepalive;
using RuleNumber = policy::Table::RuleNumber;

Json line_json(std::uint32_t line)
{
    return line == 0 ? Json(nullptr) : Json(line);
}

Json dead_after_json(const policy::Settings& settings)
{
    if (settings.keepalive != Keepalive::on)
        return nullptr;
    return policy::dead_after(settings.idle, settings.interval, settings.count).count();
}

Json record_json(const loaded::Effective& effective, RuleNumber number)
{
    const policy::Table& table = **effective.table;
    const std::string_view name = table.text(table.rule(number).name);
    Json record;
    record["name"] = name.empty() ? Json(nullptr) : Json(name);
    record["line"] = line_json(table.rule(number).line);
    record["match"] = Json::object();
    if (number < effective.parsed.rules.rules.size()) {
        for (const text::MatcherText& matcher : text::matcher_texts(effective.parsed.rules.rules[number])) {
            Json& match = record["match"][std::string(text::name_of(matcher.matcher))];
            if (matcher.matcher == policy::Matcher::direction)
                match = matcher.items.front();
            else
                match = matcher.items;
        }
    }
    record["dead_after"] = dead_after_json(text::settings_in_force(effective, number));
    record["values"] = values_json(effective, number);
    return record;
}

Json base_json(const loaded::Effective& effective)
{
    const policy::Table& table = **effective.table;
    const policy::ProgramPolicy policy(effective.rules(), policy::Program{});
    const auto& base = policy->base();
    if (!base)
        return {{"record", "none"}, {"line", nullptr}};
    const bool is_defaults = base->rule == table.rules.count - 1;
    return {{"record", is_defaults ? "defaults" : "rule"}, {"line", line_json(table.rule(base->rule).line)}};
}

}  // namespace

Json policy_json(const loaded::Effective& effective)
{
    const auto rule_count = static_cast<RuleNumber>(effective.parsed.rules.rules.size());
    Json policy;
    policy["defaults"] = record_json(effective, rule_count);
    policy["rules"] = Json::array();
    for (RuleNumber number = 0; number < rule_count; ++number)
        policy["rules"].push_back(record_json(effective, number));
    policy["base"] = base_json(effective);
    return policy;
}

}  // namespace kashim::cli
