// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The words for why a rule matches or does not.
#pragma once

#include "policy/trace.h"

#include <string>

namespace kashim::cli {

/// program "psql", port 5432: of each matcher of the rule the first item that holds. Empty where nothing of it does, or
/// the rule asks for nothing.
std::string holding_text(const policy::Rule& rule, const policy::Program& program, const policy::Asked& asked);

/// port is not 6379, 6380; peer is not in 10.0.0.0/8: each matcher that does not hold, with its items, of which a long
/// list is cut.
std::string failing_text(const policy::Rule& rule, const policy::Trace& trace);

/// 10.0.0.0/8, fd00::/8: the peers of a rule.
std::string peers_text(const policy::Rule& rule);

}  // namespace kashim::cli
