// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "cli/json.h"
#include "loaded/effective.h"

namespace kashim::cli {

/// What print_policy() prints, for machines:
///
///   {"defaults": RECORD, "rules": [RECORD, ...], "base": {"record": "rule", "line": 4}}
///
///   RECORD: {"name": null, "line": 4, "match": {"port": ["5432"]}, "dead_after": 45, "values":
///            {"idle": {"value": 25, "origin": ORIGIN}, ...}}
///
/// Times are seconds, user_timeout is milliseconds (0 is off). dead_after is null where nothing is probed. base.record is
/// "rule", "defaults" or "none". ORIGIN: see origin_json(). The configuration must be good.
Json policy_json(const loaded::Effective& effective);

}  // namespace kashim::cli
