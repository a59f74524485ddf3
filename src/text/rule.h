// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// A rule in words: what it is called, and what it asks of a connection.
#pragma once

#include "policy/table.h"
#include "policy/trace.h"

#include <string>
#include <string_view>
#include <vector>

namespace kashim::text {

/// rule "name" at line 4, [defaults] at line 1, built-in defaults
std::string rule_text(const policy::Table& table, policy::Table::RuleNumber number);

/// As the key in the file: "port".
std::string_view name_of(policy::Matcher matcher);

/// One matcher, and its items as kashim takes them: ports as ranges, peers as networks, patterns as
/// they were written.
struct MatcherText {
    policy::Matcher matcher{};
    std::vector<std::string> items;
};

/// In the order program, command, direction, port, peer; only those that the rule has.
std::vector<MatcherText> matcher_texts(const policy::Rule& rule);

}  // namespace kashim::text
