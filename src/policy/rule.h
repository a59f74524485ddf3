// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/endpoint.h"
#include "policy/settings.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kashim::policy {

enum class Direction : std::uint8_t { outbound = 1, inbound = 2, both = 3 };

constexpr bool includes(Direction rule, Direction connection)
{
    return (static_cast<unsigned>(rule) & static_cast<unsigned>(connection)) != 0;
}

/// The programs a rule is for: an empty list matches every program, in a list any pattern does.
struct Selector {
    std::vector<std::string> programs;
    std::vector<std::string> commands;

    friend bool operator==(const Selector&, const Selector&) = default;
    friend auto operator<=>(const Selector&, const Selector&) = default;
};

/// One [[rule]] as it was written. Every matcher must hold; an empty list matches everything.
struct Rule {
    std::string name{};  ///< empty where the file gives none
    Selector selector{};
    Direction direction = Direction::both;
    std::vector<PortRange> ports{};  ///< outbound: the peer's port; inbound: our listening port
    std::vector<Network> peers{};
    Settings settings{};
    std::uint32_t line = 0;  ///< of the [[rule]] header, from 1

    /// No direction, no port, no peer: the rule can decide before the peer is known.
    bool unconditional() const { return direction == Direction::both && ports.empty() && peers.empty(); }
};

/// A connection that a rule may be for; or, without a peer, a listener.
struct Asked {
    Direction direction = Direction::outbound;  ///< outbound or inbound
    std::uint16_t port = 0;                     ///< outbound: the peer's; inbound: our listening port
    std::optional<Address> peer{};
};

/// A rule costs memory for each of its ports with each of its peers; one rule may have at most this many pairs.
inline constexpr std::size_t kLargestCross = 65536;

/// A whole file: the rules in their order, and what a connection gets when none of them matches.
struct RuleSet {
    Settings defaults;
    std::uint32_t defaults_line = 0;  ///< of [defaults]; 0 where the file has none
    std::vector<Rule> rules;
};

}  // namespace kashim::policy
