// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/program.h"
#include "policy/rule.h"

#include <cstdint>
#include <vector>

namespace kashim::policy {

/// What a rule may ask for, in the order in which people read it.
enum class Matcher : std::uint8_t { program, command, direction, port, peer };

/// Why a rule matches or does not. It explains, for people: the rule that decides is Policy's to say, which asks a
/// compiled table. tests/fuzz holds the two to the same answer.
struct Trace {
    std::vector<Matcher> failing;  ///< every one that does not hold
    bool awaits_peer = false;      ///< the rule names peers, and the peer is not known yet

    bool matches() const { return failing.empty() && !awaits_peer; }

    /// For some peer it will match.
    bool may_match() const { return failing.empty() && awaits_peer; }

    friend bool operator==(const Trace&, const Trace&) = default;
};

Trace trace(const Rule& rule, const Program& program, const Asked& asked);

}  // namespace kashim::policy
