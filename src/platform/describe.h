// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The words for options, values and rules: the library's log and the command use the same ones.
#pragma once

#include "platform/text.h"
#include "policy/settings.h"
#include "policy/table.h"

#include <array>
#include <string_view>

namespace kashim::platform {

/// As the key in the file: "user_timeout".
std::string_view name_of(policy::Option option);

/// on, 60s, 5, off, 45000ms
void append_value(Text& line, const policy::Values& values, policy::Option option);

/// " idle=60s count=5" for the chosen ones, each with a blank in front.
void append_values(Text& line, const policy::Values& values, policy::OptionSet which);

/// rule "name" at line 4, [defaults] at line 1, built-in defaults
void append_rule(Text& line, const policy::Table& table, policy::Table::RuleNumber number);

/// The name of an errno that setsockopt(2) gives for these options; "errno 5" for others.
void append_error(Text& line, int error);

}  // namespace kashim::platform
