// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/endpoint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace kashim::test {
namespace {

using policy::Address;
using policy::Network;
using policy::PortRange;
using Family = Address::Family;

constexpr std::uint64_t kAllOnes = ~std::uint64_t{0};
constexpr std::uint64_t kMappedPrefix = 0xffff'0000'0000;

TEST(PolicyAddress, ComesFromTheBytesOfTheWire)
{
    constexpr std::array<unsigned char, 4> kBytes4{192, 0, 2, 1};
    EXPECT_EQ(Address::from_bytes(kBytes4.data(), Family::ipv4), Address::ipv4(0xc0000201));
    constexpr std::array<unsigned char, 16> kBytes6{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff};
    EXPECT_EQ(Address::from_bytes(kBytes6.data(), Family::ipv6), Address::ipv6(0x20010db8'00000000, 0xff));
}

TEST(PolicyAddress, AMappedOneIsIpv4)
{
    constexpr std::array<unsigned char, 16> kBytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3};
    EXPECT_EQ(Address::from_bytes(kBytes.data(), Family::ipv6), Address::ipv4(0x0a010203));
    EXPECT_EQ(Address::ipv6(0, kMappedPrefix | 0xffffffff), Address::ipv4(0xffffffff));
    EXPECT_EQ(Address::ipv6(0, kMappedPrefix), Address::ipv4(0));
}

TEST(PolicyAddress, WhatOnlyLooksMappedIsIpv6)
{
    EXPECT_EQ(Address::ipv6(0, 1).family, Family::ipv6);           // ::1
    EXPECT_EQ(Address::ipv6(0, 0).family, Family::ipv6);           // ::
    EXPECT_EQ(Address::ipv6(0, 0x7f000001).family, Family::ipv6);  // ::127.0.0.1, "compatible"
    EXPECT_EQ(Address::ipv6(1, kMappedPrefix | 1).family, Family::ipv6);
    EXPECT_EQ(Address::ipv6(0, 0x1'ffff'0000'0000).family, Family::ipv6);
    EXPECT_EQ(Address::ipv6(0x0064ff9b'00000000, 0x7f000001).family, Family::ipv6);  // NAT64, RFC 6052
}

TEST(PolicyAddress, OnlyAllZeroesAreUnspecified)
{
    EXPECT_TRUE(Address::ipv4(0).is_unspecified());
    EXPECT_TRUE(Address::ipv6(0, 0).is_unspecified());
    EXPECT_FALSE(Address::ipv4(1).is_unspecified());
    EXPECT_FALSE(Address::ipv6(0, 1).is_unspecified());
    EXPECT_FALSE(Address::ipv6(1, 0).is_unspecified());
}

TEST(PolicyAddress, EachFamilyHasItsLoopback)
{
    EXPECT_EQ(Address::loopback(Family::ipv4), Address::ipv4(0x7f000001));
    EXPECT_EQ(Address::loopback(Family::ipv6), Address::ipv6(0, 1));
}

TEST(PolicyAddress, TheyAreInOrderWithIpv4BeforeIpv6)
{
    const std::vector<Address> sorted{
        Address::ipv4(0),
        Address::ipv4(1),
        Address::ipv4(0x80000000),
        Address::ipv4(0xffffffff),
        Address::ipv6(0, 0),
        Address::ipv6(0, 1),
        Address::ipv6(0, kAllOnes),
        Address::ipv6(1, 0),
        Address::ipv6(1, kAllOnes),
        Address::ipv6(kAllOnes, 0),
        Address::ipv6(kAllOnes, kAllOnes),
    };
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        for (std::size_t j = 0; j < sorted.size(); ++j) {
            EXPECT_EQ(sorted[i] < sorted[j], i < j) << i << " " << j;
            EXPECT_EQ(sorted[i] == sorted[j], i == j) << i << " " << j;
        }
    }
}

TEST(PolicyNetwork, APrefixOfNothingIsTheWholeFamilyAndNotTheOtherOne)
{
    const Network ipv4 = Network::around(Address::ipv4(0x0a000001), 0);
    EXPECT_EQ(ipv4, (Network{Address::ipv4(0), Address::ipv4(0xffffffff)}));
    EXPECT_TRUE(ipv4.contains(Address::ipv4(0xffffffff)));
    EXPECT_FALSE(ipv4.contains(Address::ipv6(0, 1)));

    const Network ipv6 = Network::around(Address::ipv6(0x20010db8'00000000, 1), 0);
    EXPECT_EQ(ipv6, (Network{Address::ipv6(0, 0), Address::ipv6(kAllOnes, kAllOnes)}));
    EXPECT_TRUE(ipv6.contains(Address::ipv6(0, 0)));
    EXPECT_FALSE(ipv6.contains(Address::ipv4(0)));
    EXPECT_FALSE(ipv6.contains(Address::ipv6(0, kMappedPrefix | 1)));  // that one is IPv4
}

TEST(PolicyNetwork, AWholePrefixIsOneAddress)
{
    const Address ipv4 = Address::ipv4(0x0a000001);
    EXPECT_EQ(Network::around(ipv4, 32), (Network{ipv4, ipv4}));
    const Address ipv6 = Address::ipv6(0x20010db8'00000000, 1);
    EXPECT_EQ(Network::around(ipv6, 128), (Network{ipv6, ipv6}));
    EXPECT_TRUE(Network::around(ipv6, 128).contains(ipv6));
    EXPECT_FALSE(Network::around(ipv6, 128).contains(Address::ipv6(0x20010db8'00000000, 2)));
}

TEST(PolicyNetwork, HostBitsAreDropped)
{
    EXPECT_EQ(Network::around(Address::ipv4(0x0a010203), 8),
              (Network{Address::ipv4(0x0a000000), Address::ipv4(0x0affffff)}));
    EXPECT_EQ(Network::around(Address::ipv6(0xfd00'1234'5678'9abc, 0xdef0), 8),
              (Network{Address::ipv6(0xfd00'0000'0000'0000, 0), Address::ipv6(0xfdff'ffff'ffff'ffff, kAllOnes)}));
}

TEST(PolicyNetwork, ABlockOfAMappedAddressIsAnIpv4Block)
{
    const Address mapped = Address::ipv6(0, kMappedPrefix | 0x0a010203);
    EXPECT_EQ(Network::around(mapped, 104), Network::around(Address::ipv4(0x0a010203), 8));
    EXPECT_EQ(Network::around(mapped, 128), Network::around(Address::ipv4(0x0a010203), 32));
    EXPECT_EQ(Network::around(mapped, 96), Network::around(Address::ipv4(0), 0));
}

// Bit by bit, for every length: an address belongs to the block exactly if its first bits are the same.
TEST(PolicyNetwork, EveryLengthHoldsExactlyTheAddressesWithTheSameFirstBits)
{
    const std::uint64_t high = 0x2001'0db8'a5a5'5a5a;
    const std::uint64_t low = 0x0123'4567'89ab'cdef;
    const auto flipped = [&](unsigned bit) {
        return bit < 64 ? Address::ipv6(high ^ std::uint64_t{1} << (63 - bit), low)
                        : Address::ipv6(high, low ^ std::uint64_t{1} << (127 - bit));
    };
    for (unsigned bits = 0; bits <= 128; ++bits) {
        const Network network = Network::around(Address::ipv6(high, low), bits);
        EXPECT_TRUE(network.contains(Address::ipv6(high, low))) << bits;
        for (unsigned bit = 0; bit < 128; ++bit)
            ASSERT_EQ(network.contains(flipped(bit)), bit >= bits) << bits << " " << bit;
    }
    for (unsigned bits = 0; bits <= 32; ++bits) {
        const Network network = Network::around(Address::ipv4(0xc0a8017f), bits);
        for (unsigned bit = 0; bit < 32; ++bit) {
            const Address other = Address::ipv4(0xc0a8017f ^ std::uint32_t{1} << (31 - bit));
            ASSERT_EQ(network.contains(other), bit >= bits) << bits << " " << bit;
        }
    }
}

TEST(PolicyNetwork, ItHoldsTheNetworksThatLieWhollyInside)
{
    const Network ten = Network::around(Address::ipv4(0x0a000000), 8);
    EXPECT_TRUE(ten.contains(ten));
    EXPECT_TRUE(ten.contains(Network::around(Address::ipv4(0x0a100000), 12)));
    EXPECT_FALSE(Network::around(Address::ipv4(0x0a100000), 12).contains(ten));
    EXPECT_FALSE(ten.contains(Network::around(Address::ipv6(0, 0x0a000000), 120)));
    EXPECT_FALSE(ten.contains(Network{Address::ipv4(0x0affffff), Address::ipv4(0x0b000000)}));
}

TEST(PolicyPortRange, BothEndsBelongToIt)
{
    constexpr PortRange kRange{6000, 6010};
    EXPECT_FALSE(kRange.contains(5999));
    EXPECT_TRUE(kRange.contains(6000));
    EXPECT_TRUE(kRange.contains(6010));
    EXPECT_FALSE(kRange.contains(6011));
    EXPECT_TRUE(PortRange{}.contains(0));
    EXPECT_TRUE(PortRange{}.contains(65535));
}

}  // namespace
}  // namespace kashim::test
