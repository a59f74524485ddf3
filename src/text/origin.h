// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The words for where a value was given: every verb that shows one uses these.
#pragma once

#include "config/schema.h"
#include "loaded/effective.h"

#include <string>
#include <string_view>
#include <vector>

namespace kashim::text {

/// kashim.toml:9
/// kashim.toml:9, dead_after
/// kashim.toml:2, [defaults]
/// kashim.toml:2, dead_after in [defaults]
/// KASHIM_OPTIONS
/// --set, dead_after
/// built in
std::string origin_text(const loaded::Effective& effective, const config::ValueOrigin& origin);

/// rule, defaults, KASHIM_OPTIONS, --set, built in
std::string_view source_name(const loaded::Effective& effective, const config::ValueOrigin& origin);

/// What is laid over the rules, whose place in the file is then not the whole truth: " with KASHIM_OPTIONS and --set".
/// Empty where nothing is.
std::string_view overlay_text(const loaded::Effective& effective);

/// Where the values were given that are in force where this record of the table decides: a rule's, or [defaults]', with
/// KASHIM_OPTIONS and --set laid over. The configuration must be good.
config::ValueOrigins origins_in_force(const loaded::Effective& effective, policy::Table::RuleNumber rule);

/// What that record comes to, with KASHIM_OPTIONS and --set laid over.
policy::Settings settings_in_force(const loaded::Effective& effective, policy::Table::RuleNumber rule);

/// One key of the file, its value as the library's log writes it ("on", "60s", "auto (210000ms)"), and where it came
/// from.
struct SettingText {
    config::Key key{};
    std::string value;
    config::ValueOrigin origin;
};

/// keepalive, idle, interval, count, user_timeout, app; of "leave" keepalive alone.
std::vector<SettingText> setting_texts(const policy::Settings& settings, const config::ValueOrigins& origins);

}  // namespace kashim::text
