// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/socket.h"
#include "policy/plan.h"
#include "policy/rule.h"

#include <cstdint>
#include <optional>

namespace kashim::shim {

/// A socket and what is known of its connection, for deciding and for saying.
struct Connection {
    int fd = -1;
    policy::Direction direction = policy::Direction::outbound;
    std::optional<policy::Endpoint> peer;  ///< none: a listener
    std::uint16_t local_port = 0;          ///< inbound only

    policy::Asked asked() const
    {
        const bool began_here = direction == policy::Direction::outbound;
        return {direction, began_here ? peer->port : local_port, peer ? std::optional(peer->address) : std::nullopt};
    }
};

inline Connection outbound(int fd, const policy::Endpoint& peer)
{
    return {fd, policy::Direction::outbound, peer, 0};
}

inline Connection inbound(int fd, std::uint16_t local_port, const std::optional<policy::Endpoint>& peer)
{
    return {fd, policy::Direction::inbound, peer, local_port};
}

/// What was found on it, what was planned, and what the kernel said.
struct Tuning {
    policy::OptionSet looked_at;  ///< the others are as they were, whatever that is
    policy::Values before;
    policy::Plan plan;
    platform::Outcome outcome;
};

}  // namespace kashim::shim
