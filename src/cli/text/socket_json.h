// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "cli/json.h"
#include "text/socket.h"

namespace kashim::cli {

/// {"address": "192.0.2.1", "port": 80}
Json endpoint_json(const policy::Endpoint& endpoint);

/// {"name": "database", "line": 1}; of [defaults] {"name": "[defaults]", "line": 4}, of the built-in ones
/// {"name": "built-in defaults"}; a rule without a name has only its line.
Json rule_json(const loaded::Effective& effective, policy::Table::RuleNumber rule);

/// ["idle", "count"]
Json names_json(policy::OptionSet which);

/// {"keepalive": true, "idle": 60, "interval": 30, "count": 5, "user_timeout_ms": 0}: seconds, but for the last; only the
/// chosen ones.
Json values_json(const policy::Values& values, policy::OptionSet which);

/// {"reason": the sentence, "remedy": what to do, where there is something}
Json refusal_json(const sockets::Refusal& refusal);

}  // namespace kashim::cli
