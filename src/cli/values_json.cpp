// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/values_json.h"

#include "cli/origin_text.h"
#include "policy/who_wins.h"

namespace kashim::cli {
namespace {

using policy::Keepalive;

// The value of a key, as a number where it is one.
Json value_json(std::string_view key, const policy::Settings& settings, const SettingText& text)
{
    const policy::Values values = policy::wanted(settings);
    if (settings.keepalive == Keepalive::leave)
        return "leave";
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

}  // namespace

Json values_json(const Effective& effective, policy::Table::RuleNumber number)
{
    const policy::Settings settings = settings_in_force(effective, number);
    Json values = Json::object();
    for (const SettingText& text : setting_texts(settings, origins_in_force(effective, number))) {
        Json& value = values[std::string(text.key)];
        value["value"] = value_json(text.key, settings, text);
        if (text.key == "user_timeout")
            value["auto"] = settings.user_timeout.kind == policy::UserTimeout::Kind::automatic;
        value["origin"] = origin_json(effective, text.origin);
    }
    return values;
}

}  // namespace kashim::cli
