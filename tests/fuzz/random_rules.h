// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "fuzz/random.h"
#include "policy/program.h"
#include "policy/rule.h"

#include <cstdint>
#include <vector>

namespace kashim::test {

/// Rule sets made of few values, so that rules meet; and who might ask them.
extern const std::vector<policy::Program> kPrograms;

/// Mostly the same ones, so that whole rule sets agree now and then.
policy::Settings random_settings(Random& random);

policy::Rule random_rule(Random& random);
policy::RuleSet random_rules(Random& random);

/// Mostly an edge of one of the rules, or the number beside it: there is where a tree goes wrong.
policy::Address random_peer(Random& random, const policy::RuleSet& set);
std::uint16_t random_port(Random& random, const policy::RuleSet& set);

}  // namespace kashim::test
