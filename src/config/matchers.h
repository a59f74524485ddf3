// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"
#include "config/document.h"
#include "config/schema.h"
#include "policy/rule.h"

namespace kashim::config {

/// Reads the entry of a row without is_value, a rule's name or one of its matchers, into the rule.
void read_matcher(const Document& document, const Row& row, const Entry& entry, policy::Rule& rule, Findings& findings);

}  // namespace kashim::config
