// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"
#include "config/origins.h"
#include "policy/overlay.h"

#include <string_view>
#include <vector>

namespace kashim::config {

/// What stands in place of a file's name in the findings.
inline constexpr std::string_view kOptionsName = "KASHIM_OPTIONS";

/// The variable KASHIM_OPTIONS, read. With an error among the findings the overlay is empty.
struct [[nodiscard]] ParsedOptions {
    policy::Overlay overlay;
    ValueOrigins origins;           ///< of the values it gives; the others are called built in
    std::vector<Finding> findings;  ///< line 1, column in the value of the variable

    bool good() const { return !any_error(findings); }
};

/// Reads "idle=30s interval=5s user_timeout=auto": the values of [defaults], without quotes, with blanks between. A
/// dead_after here becomes all three times, so that nothing of a rule's is left beside it.
ParsedOptions parse_options(std::string_view text);

}  // namespace kashim::config
