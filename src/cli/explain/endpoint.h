// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// ADDRESS:PORT on a command line.
#pragma once

#include "policy/endpoint.h"

#include <string>
#include <string_view>
#include <vector>

namespace kashim::cli {

/// What --outbound or --inbound names. Either an error is said, or the rest holds.
struct HostPort {
    std::string host{};  ///< as it was written, without brackets; may be empty for a listener
    std::uint16_t port = 0;
    std::string error{};
};

/// Splits and reads HOST:PORT, [HOST]:PORT, :PORT and PORT. The port may be a name of services(5).
HostPort read_host_port(std::string_view text);

/// The addresses of a name or an address (getaddrinfo(3), TCP), in the resolver's order, each once. An IPv4-mapped one
/// is IPv4.
struct Resolved {
    std::vector<policy::Address> addresses{};
    std::string error{};
};
Resolved resolve(const std::string& host);

/// 192.0.2.7, fd00::1
std::string address_text(const policy::Address& address);

/// 192.0.2.7:5432, [fd00::1]:5432
std::string endpoint_text(const policy::Endpoint& endpoint);

}  // namespace kashim::cli
