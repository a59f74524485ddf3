// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/text/values_json.h"

#include "policy/who_wins.h"
#include "text/origin.h"

namespace kashim::cli {
namespace {

using config::Key;
using policy::Keepalive;

// The value of a key, as a number where it is one.
Json value_json(const policy::Settings& settings, const text::SettingText& text)
{
    if (settings.keepalive == Keepalive::leave || text.key == Key::app)
        return text.value;
    const policy::Values values = policy::wanted(settings);
    if (text.key == Key::keepalive)
        return values.keepalive;
    return policy::number_of(values, policy::kOptions[static_cast<std::size_t>(text.key)]);
}

}  // namespace

Json origin_json(const loaded::Effective& effective, const config::ValueOrigin& origin)
{
    Json json{{"source", text::source_name(effective, origin)}};
    if (origin.source == config::ValueOrigin::Source::rule || origin.source == config::ValueOrigin::Source::defaults) {
        json["file"] = effective.file.located.path;
        json["line"] = origin.place.line;
        json["column"] = origin.place.column;
    }
    if (origin.from_budget)
        json["dead_after"] = true;
    return json;
}

Json values_json(const loaded::Effective& effective, policy::Table::RuleNumber number)
{
    const policy::Settings settings = text::settings_in_force(effective, number);
    Json values = Json::object();
    for (const text::SettingText& text : text::setting_texts(settings, text::origins_in_force(effective, number))) {
        Json& value = values[std::string(config::row(text.key).name)];
        value["value"] = value_json(settings, text);
        if (text.key == Key::user_timeout)
            value["auto"] = settings.user_timeout.kind == policy::UserTimeout::Kind::automatic;
        value["origin"] = origin_json(effective, text.origin);
    }
    return values;
}

}  // namespace kashim::cli
