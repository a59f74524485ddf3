// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/endpoint.h"

#include <algorithm>

namespace kashim::policy {
namespace {

// The lowest n of 64 bits, for n = 0..64.
constexpr std::uint64_t low_bits(unsigned n)
{
    return n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
}

}  // namespace

Network Network::around(Address address, unsigned bits)
{
    // Address::ipv6() has already made a mapped address an IPv4 one; its block's length still counts from 128.
    const bool ipv4 = address.family == Address::Family::ipv4;
    if (ipv4 && bits > 32)
        bits = bits >= 96 ? bits - 96 : 0;
    const unsigned width = ipv4 ? 32 : 128;
    const unsigned host = width - std::min(bits, width);
    const std::uint64_t low = low_bits(std::min(host, 64u));
    const std::uint64_t high = host > 64 ? low_bits(host - 64) : 0;
    return {{address.family, address.high & ~high, address.low & ~low},
            {address.family, address.high | high, address.low | low}};
}

}  // namespace kashim::policy
