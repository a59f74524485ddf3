// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"
#include "config/origins.h"
#include "policy/rule.h"

namespace kashim::config {

/// Says what a file without errors hardly means: rules that are never reached, and what a user_timeout does besides.
void warn(const policy::RuleSet& rules, const Origins& origins, Findings& findings);

}  // namespace kashim::config
