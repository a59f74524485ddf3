// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/endpoint.h"

#include <optional>
#include <string>
#include <string_view>

namespace kashim::config {

/// What the text of an item of "port" says.
struct PortText {
    std::optional<policy::PortRange> range;
    std::string_view hint;  ///< where there is no range: what may be wrong, or nothing
};

/// "5432", "6000-6010".
PortText read_port(std::string_view text);

/// What the text of an item of "peer" says.
struct NetworkText {
    std::optional<policy::Network> network;
    std::string_view hint;  ///< where there is no network: what may be wrong, or nothing
    bool has_host_bits = false;
    unsigned bits = 0;  ///< of the prefix; of the IPv4 prefix where the network is IPv4
};

/// "10.0.0.0/8", "192.0.2.7", "fd00::/8". An IPv4-mapped IPv6 network is the IPv4 one.
NetworkText read_network(std::string_view text);

/// 10.0.0.0/8
std::string to_text(const policy::Network& network, unsigned bits);

}  // namespace kashim::config
