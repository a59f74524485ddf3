// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"
#include "policy/rule.h"

#include <optional>
#include <vector>

namespace kashim::config {

/// Where the values of a table come from, for the place of a warning.
struct Origin {
    Place header;
    std::optional<Place> user_timeout;  ///< the value in this table
    bool sets_times = false;            ///< idle, interval or count, or a dead_after that makes them
};

struct Origins {
    std::optional<Origin> defaults;
    std::vector<Origin> rules;  ///< as many as there are rules
};

/// Says what a file without errors hardly means: rules that are never reached, and what a user_timeout does besides.
void warn(const policy::RuleSet& rules, const Origins& origins, Findings& findings);

}  // namespace kashim::config
