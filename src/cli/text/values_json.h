// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "cli/json.h"
#include "loaded/effective.h"

namespace kashim::cli {

/// {"source": "rule", "file": "kashim.toml", "line": 9, "column": 14, "dead_after": true}; the source is "rule",
/// "defaults", "KASHIM_OPTIONS", "--set" or "built in", and only what applies is there.
Json origin_json(const loaded::Effective& effective, const config::ValueOrigin& origin);

/// What is in force where this record of the table decides, for machines:
///
///   {"idle": {"value": 25, "origin": ORIGIN}, ..., "user_timeout": {"value": 0, "auto": false, "origin": ORIGIN}, ...}
///
/// Times are seconds, user_timeout is milliseconds (0 is off); of "leave" keepalive alone. ORIGIN: see origin_json(). The
/// configuration must be good.
Json values_json(const loaded::Effective& effective, policy::Table::RuleNumber number);

}  // namespace kashim::cli
