// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/rule.h"

#include <string>
#include <vector>

namespace kashim::config {

/// What a rule matches, made easy to compare: sorted, and what touches or overlaps joined.
struct Coverage {
    std::vector<std::string> programs;
    std::vector<std::string> commands;
    policy::Direction direction = policy::Direction::both;
    std::vector<policy::PortRange> ports;
    std::vector<policy::Network> peers;

    explicit Coverage(const policy::Rule& rule);

    /// Whether every connection the other one matches is matched here too. Patterns count as texts: that "*" covers
    /// "nginx" is not seen, so that what is called covered truly is.
    bool covers(const Coverage& other) const;
};

}  // namespace kashim::config
