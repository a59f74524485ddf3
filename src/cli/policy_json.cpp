// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/policy_json.h"

#include "cli/origin_text.h"
#include "cli/rule_text.h"
#include "policy/who_wins.h"

namespace kashim::cli {
namespace {

using nlohmann::ordered_json;
using policy::Keepalive;
using RuleNumber = policy::Table::RuleNumber;

ordered_json line_json(std::uint32_t line)
{
    return line == 0 ? ordered_json(nullptr) : ordered_json(line);
}

// The value of a key, as a number where it is one.
ordered_json value_json(std::string_view key, const policy::Settings& settings, const SettingText& text)
{
    const policy::Values values = policy::wanted(settings);
    if (key == "keepalive")
        return values.keepalive;
    if (key == "idle")
        return values.idle.count();
    if (key == "interval")
        return values.interval.count();
    if (key == "count")
        return values.count;
    if (key == "user_timeout")
        return values.user_timeout.count();
    return text.value;
}

ordered_json values_json(const Effective& effective, RuleNumber number)
{
    const policy::Settings settings = settings_in_force(effective, number);
    ordered_json values = ordered_json::object();
    for (const SettingText& text : setting_texts(settings, origins_in_force(effective, number))) {
        ordered_json& value = values[std::string(text.key)];
        value["value"] =
            settings.keepalive == Keepalive::leave ? ordered_json("leave") : value_json(text.key, settings, text);
        if (text.key == "user_timeout")
            value["auto"] = settings.user_timeout.kind == policy::UserTimeout::Kind::automatic;
        value["origin"] = origin_json(effective, text.origin);
    }
    return values;
}

ordered_json dead_after_json(const policy::Settings& settings)
{
    if (settings.keepalive != Keepalive::on)
        return nullptr;
    return policy::dead_after(settings.idle, settings.interval, settings.count).count();
}

ordered_json record_json(const Effective& effective, RuleNumber number)
{
    const policy::Table& table = **effective.table;
    const std::string_view name = table.text(table.rule(number).name);
    ordered_json record;
    record["name"] = name.empty() ? ordered_json(nullptr) : ordered_json(name);
    record["line"] = line_json(table.rule(number).line);
    record["match"] = ordered_json::object();
    if (number < effective.parsed.rules.rules.size()) {
        for (const MatcherText& matcher : matcher_texts(effective.parsed.rules.rules[number])) {
            ordered_json& match = record["match"][std::string(matcher.key)];
            if (matcher.key == "direction")
                match = matcher.items.front();
            else
                match = matcher.items;
        }
    }
    record["dead_after"] = dead_after_json(settings_in_force(effective, number));
    record["values"] = values_json(effective, number);
    return record;
}

ordered_json base_json(const Effective& effective)
{
    const policy::Table& table = **effective.table;
    const ProgramPolicy policy(effective, policy::Program{});
    const auto& base = policy->base();
    if (!base)
        return {{"record", "none"}, {"line", nullptr}};
    const bool is_defaults = base->rule == table.rules.count - 1;
    return {{"record", is_defaults ? "defaults" : "rule"}, {"line", line_json(table.rule(base->rule).line)}};
}

}  // namespace

ordered_json policy_json(const Effective& effective)
{
    const auto rule_count = static_cast<RuleNumber>(effective.parsed.rules.rules.size());
    ordered_json policy;
    policy["defaults"] = record_json(effective, rule_count);
    policy["rules"] = ordered_json::array();
    for (RuleNumber number = 0; number < rule_count; ++number)
        policy["rules"].push_back(record_json(effective, number));
    policy["base"] = base_json(effective);
    return policy;
}

}  // namespace kashim::cli
