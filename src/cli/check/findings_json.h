// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "cli/json.h"
#include "text/findings.h"

#include <vector>

namespace kashim::cli {

/// [{"file": "kashim.toml", "line": 3, "column": 1, "severity": "error", "message": "..."}, ...]; line and column are null
/// where the finding is about the text as a whole, the file is "KASHIM_OPTIONS" or "--set" where it is about these.
Json findings_json(const std::vector<text::TextFindings>& all);

}  // namespace kashim::cli
