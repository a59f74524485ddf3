// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "text/origin.h"

#include "platform/describe.h"
#include "policy/who_wins.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <utility>

namespace kashim::text {
namespace {

using Source = config::ValueOrigin::Source;

// As one text they follow each other: first what is left of the variable, then what --set says.
std::string_view name_of_options(const loaded::Effective& effective, const config::ValueOrigin& origin)
{
    return origin.place.column > effective.set_begins ? "--set" : "KASHIM_OPTIONS";
}

std::string value_text(const policy::Values& values, policy::Option option)
{
    std::array<char, 32> memory;
    platform::Text text(memory);
    platform::append_value(text, values, option);
    return std::string(text.view());
}

std::string_view app_text(policy::App app)
{
    switch (app) {
    case policy::App::cap:
        return "cap";
    case policy::App::override:
        return "override";
    case policy::App::respect:
        break;
    }
    return "respect";
}

}  // namespace

std::string_view source_name(const loaded::Effective& effective, const config::ValueOrigin& origin)
{
    switch (origin.source) {
    case Source::rule:
        return "rule";
    case Source::defaults:
        return "defaults";
    case Source::options:
        return name_of_options(effective, origin);
    case Source::built_in:
        break;
    }
    return "built in";
}

std::string origin_text(const loaded::Effective& effective, const config::ValueOrigin& origin)
{
    const std::string_view budget = origin.from_budget ? "dead_after" : "";
    const std::string place = fmt::format("{}:{}", effective.file.located.path, origin.place.line);
    switch (origin.source) {
    case Source::rule:
        return origin.from_budget ? fmt::format("{}, {}", place, budget) : place;
    case Source::defaults:
        return fmt::format("{}, {}{}[defaults]", place, budget, origin.from_budget ? " in " : "");
    case Source::options:
        return fmt::format("{}{}{}", name_of_options(effective, origin), origin.from_budget ? ", " : "", budget);
    case Source::built_in:
        break;
    }
    return "built in";
}

std::string_view overlay_text(const loaded::Effective& effective)
{
    if (effective.options.overlay.empty())
        return "";
    if (effective.set_begins == 0)
        return " with --set";
    return effective.set_begins < effective.options_text.size() ? " with KASHIM_OPTIONS and --set"
                                                                : " with KASHIM_OPTIONS";
}

config::ValueOrigins origins_in_force(const loaded::Effective& effective, policy::Table::RuleNumber rule)
{
    const config::Origins& origins = effective.parsed.origins;
    config::ValueOrigins in_force = rule < origins.rules.size() ? origins.rules[rule].values : origins.defaults.values;
    if ((*effective.table)->rule(rule).settings.keepalive == policy::Keepalive::leave)
        return in_force;
    const config::ValueOrigins& options = effective.options.origins;
    for (const config::Key key : config::kSettingKeys) {
        if (options[key].source == Source::options)
            in_force[key] = options[key];
    }
    return in_force;
}

policy::Settings settings_in_force(const loaded::Effective& effective, policy::Table::RuleNumber rule)
{
    return effective.options.overlay.over((*effective.table)->rule(rule).settings);
}

std::vector<SettingText> setting_texts(const policy::Settings& settings, const config::ValueOrigins& origins)
{
    using config::Key;
    if (settings.keepalive == policy::Keepalive::leave)
        return {{Key::keepalive, "leave", origins[Key::keepalive]}};
    const policy::Values values = policy::wanted(settings);
    std::vector<SettingText> texts;
    for (std::size_t i = 0; i < std::size(policy::kOptions); ++i) {
        const Key key = config::kSettingKeys[i];
        std::string value = value_text(values, policy::kOptions[i]);
        if (key == Key::user_timeout && settings.user_timeout.kind == policy::UserTimeout::Kind::automatic)
            value = fmt::format("auto ({})", value);
        texts.push_back({key, std::move(value), origins[key]});
    }
    texts.push_back({Key::app, std::string(app_text(settings.app)), origins[Key::app]});
    return texts;
}

}  // namespace kashim::text
