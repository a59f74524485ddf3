// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/endpoint.h"

#include <cstdint>
#include <span>
#include <vector>

namespace kashim::sockets {

struct Socket;

/// The listening sockets of one network namespace. Nobody saw which side began a connection; its local port tells: that
/// of a listener which could have accepted it makes it inbound, any other outbound.
class Listeners {
public:
    Listeners() = default;
    explicit Listeners(std::span<const Socket> sockets);

    /// Whether one of them listens on this port, on this address or on every one. [::] stands for IPv4 too unless it is
    /// IPV6_V6ONLY.
    bool could_accept(const policy::Endpoint& local) const;

private:
    struct Place {
        policy::Endpoint endpoint;
        bool only_ipv6 = false;
    };
    std::vector<Place> places_;  // sorted by port
};

}  // namespace kashim::sockets
