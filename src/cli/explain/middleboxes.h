// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/timeline.h"

#include <array>
#include <chrono>
#include <string_view>

namespace kashim::cli {

/// A well-known box that forgets a connection in which nothing was sent for so long, as it comes.
struct Middlebox {
    std::string_view name;
    std::chrono::seconds silence;

    /// What keeps a living connection known is its first probe: it comes after idle, is answered, and idle begins anew.
    constexpr bool forgets(const policy::Timeline& timeline) const
    {
        return timeline.probes == 0 || silence <= timeline.idle;
    }
};

/// The shortest first. By their makers' documents; of IPVS tcp_timeouts in net/netfilter/ipvs/ip_vs_proto_tcp.c.
inline constexpr std::array kMiddleboxes = {
    Middlebox{"Azure load balancer", std::chrono::seconds(240)},
    Middlebox{"AWS network load balancer and NAT gateway", std::chrono::seconds(350)},
    Middlebox{"Google Cloud VPC", std::chrono::seconds(600)},
    Middlebox{"Linux IPVS", std::chrono::seconds(900)},
};

}  // namespace kashim::cli
