// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>

namespace kashim::policy {

/// An IPv4 or IPv6 address as a number. An IPv4-mapped IPv6 address (::ffff:0:0/96, RFC 4291 2.5.5.2) is IPv4:
/// what makes one must go through ipv6().
struct Address {
    enum class Family : std::uint8_t { ipv4, ipv6 };

    Family family = Family::ipv4;
    std::uint64_t high = 0;  ///< IPv6: the first eight bytes; IPv4: 0
    std::uint64_t low = 0;   ///< IPv6: the last eight bytes; IPv4: the address

    static constexpr Address ipv4(std::uint32_t host_order) { return {Family::ipv4, 0, host_order}; }

    static constexpr Address ipv6(std::uint64_t high, std::uint64_t low)
    {
        if (high == 0 && low >> 32 == 0xffff)
            return ipv4(static_cast<std::uint32_t>(low));
        return {Family::ipv6, high, low};
    }

    /// From the sixteen bytes of a sockaddr_in6, or the four of a sockaddr_in, in network order.
    static constexpr Address from_bytes(const unsigned char* bytes, Family family)
    {
        const auto number = [bytes](int from, int to) {
            std::uint64_t value = 0;
            for (int i = from; i < to; ++i)
                value = value << 8 | bytes[i];
            return value;
        };
        return family == Family::ipv4 ? ipv4(static_cast<std::uint32_t>(number(0, 4)))
                                      : ipv6(number(0, 8), number(8, 16));
    }

    /// 0.0.0.0 or ::. Who connects there reaches this machine's own loopback (ip_route_output_key_hash_rcu in
    /// net/ipv4/route.c).
    constexpr bool is_unspecified() const { return high == 0 && low == 0; }

    static constexpr Address loopback(Family family)
    {
        return family == Family::ipv4 ? ipv4(0x7f000001) : Address{Family::ipv6, 0, 1};
    }

    friend constexpr auto operator<=>(const Address&, const Address&) = default;
};

struct Endpoint {
    Address address;
    std::uint16_t port = 0;  ///< host order

    friend constexpr bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// A block of addresses: CIDR as a first and a last address, both included, of one family.
struct Network {
    Address first;
    Address last;

    /// The block that holds the address; bits is 0..32 for IPv4, 0..128 for IPv6. An IPv6 block of at least 96
    /// bits inside ::ffff:0:0/96 is an IPv4 block.
    static Network around(Address address, unsigned bits);

    constexpr bool contains(const Address& address) const
    {
        return address.family == first.family && first <= address && address <= last;
    }
    constexpr bool contains(const Network& other) const { return contains(other.first) && contains(other.last); }

    friend constexpr bool operator==(const Network&, const Network&) = default;
};

struct PortRange {
    std::uint16_t first = 0;
    std::uint16_t last = 65535;  ///< included

    constexpr bool contains(std::uint16_t port) const { return first <= port && port <= last; }

    friend constexpr bool operator==(const PortRange&, const PortRange&) = default;
};

}  // namespace kashim::policy
