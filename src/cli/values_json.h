// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "cli/effective.h"
#include "cli/json.h"

namespace kashim::cli {

/// What is in force where this record of the table decides, for machines:
///
///   {"idle": {"value": 25, "origin": ORIGIN}, ..., "user_timeout": {"value": 0, "auto": false, "origin": ORIGIN}, ...}
///
/// Times are seconds, user_timeout is milliseconds (0 is off); of "leave" keepalive alone. ORIGIN: see origin_json(). The
/// configuration must be good.
Json values_json(const Effective& effective, policy::Table::RuleNumber number);

}  // namespace kashim::cli
