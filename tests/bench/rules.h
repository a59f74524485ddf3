// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/rule.h"

#include <random>
#include <vector>

namespace kashim::bench {

/// Rules as a large site might have them, the same in every run: `count` outbound rules, one port each, spread over
/// all ports; or, mixed, a third with a port, a third with a network (IPv4 /8 to /32), a third with both.
inline policy::RuleSet rules(std::size_t count, bool mixed)
{
    std::mt19937 random(1);
    policy::RuleSet set;
    for (std::size_t i = 0; i < count; ++i) {
        policy::Rule rule;
        rule.direction = policy::Direction::outbound;
        const auto port = static_cast<std::uint16_t>(random());
        const auto address = static_cast<std::uint32_t>(random());
        const unsigned bits = 8 + static_cast<unsigned>(random() % 25);
        if (!mixed || i % 3 != 1)
            rule.ports.push_back({port, port});
        if (mixed && i % 3 != 0)
            rule.peers.push_back(policy::Network::around(policy::Address::ipv4(address), bits));
        set.rules.push_back(rule);
    }
    return set;
}

/// Peers to ask for: half of them on the port of a rule, so that the look-up has something to find.
inline std::vector<policy::Endpoint> peers(const policy::RuleSet& set, std::size_t count)
{
    std::mt19937 random(2);
    std::vector<policy::Endpoint> result;
    for (std::size_t i = 0; i < count; ++i) {
        policy::Endpoint peer{policy::Address::ipv4(static_cast<std::uint32_t>(random())),
                              static_cast<std::uint16_t>(random())};
        const policy::Rule& rule = set.rules[random() % set.rules.size()];
        if (i % 2 == 0 && !rule.ports.empty())
            peer.port = rule.ports.front().first;
        result.push_back(peer);
    }
    return result;
}

}  // namespace kashim::bench
