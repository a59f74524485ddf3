// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"
#include "config/origins.h"
#include "policy/rule.h"

#include <string_view>
#include <vector>

namespace kashim::config {

/// A configuration file, read. With an error among the findings the rules are not to be used.
struct [[nodiscard]] Parsed {
    policy::RuleSet rules;
    std::vector<Finding> findings;  ///< in the order of the text
    Origins origins;                ///< where the values of the rules were given

    bool good() const { return !any_error(findings); }
};

/// Whether to look for what is allowed but hardly meant. It takes time that grows with the square of the number of
/// rules, seconds at most: the command asks for it, the injected library does not.
enum class Warnings : std::uint8_t { no, yes };

/// Reads the text of a configuration file. All errors of meaning are found at once; of syntax, the first.
Parsed parse(std::string_view text, Warnings warnings);

}  // namespace kashim::config
