// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/addresses.h"

#include <gtest/gtest.h>

namespace kashim::config {
namespace {

using policy::Address;
using policy::Network;
using policy::PortRange;

TEST(ConfigAddresses, APortIsARangeOfOne)
{
    EXPECT_EQ(read_port("5432").range, (PortRange{5432, 5432}));
    EXPECT_EQ(read_port("1").range, (PortRange{1, 1}));
    EXPECT_EQ(read_port("65535").range, (PortRange{65535, 65535}));
}

TEST(ConfigAddresses, ARangeHoldsBothEnds)
{
    EXPECT_EQ(read_port("6000-6010").range, (PortRange{6000, 6010}));
    EXPECT_EQ(read_port("7-7").range, (PortRange{7, 7}));
}

TEST(ConfigAddresses, WhatIsNoPortIsRefused)
{
    for (const char* text :
         {"", "0", "65536", "-5", "5-", "0-5", "5-65536", "1-2-3", "+5", " 5", "5 ", "0x10", "99999999999999999999"})
        EXPECT_FALSE(read_port(text).range) << text;
}

TEST(ConfigAddresses, AnAddressIsANetworkOfOne)
{
    const NetworkText network = read_network("192.0.2.7");
    EXPECT_EQ(network.network, (Network{Address::ipv4(0xc0000207), Address::ipv4(0xc0000207)}));
    EXPECT_FALSE(network.has_host_bits);
}

TEST(ConfigAddresses, APrefixCoversItsWholeNetwork)
{
    EXPECT_EQ(read_network("10.0.0.0/8").network, (Network{Address::ipv4(0x0a000000), Address::ipv4(0x0affffff)}));
    EXPECT_EQ(read_network("fd00::/8").network,
              (Network{Address::ipv6(0xfd00000000000000, 0), Address::ipv6(0xfdffffffffffffff, 0xffffffffffffffff)}));
    EXPECT_EQ(read_network("0.0.0.0/0").network, (Network{Address::ipv4(0), Address::ipv4(0xffffffff)}));
}

TEST(ConfigAddresses, AMappedNetworkIsTheIpv4One)
{
    EXPECT_EQ(read_network("::ffff:10.0.0.0/104").network, read_network("10.0.0.0/8").network);
    EXPECT_EQ(read_network("::ffff:192.0.2.7").network, read_network("192.0.2.7").network);
}

TEST(ConfigAddresses, AMappedNetworkThatReachesBeyondIpv4IsRefused)
{
    EXPECT_FALSE(read_network("::ffff:10.0.0.0/95").network);
    EXPECT_FALSE(read_network("::ffff:10.0.0.0/24").network);
}

TEST(ConfigAddresses, HostBitsAreTold)
{
    EXPECT_TRUE(read_network("10.1.2.3/8").has_host_bits);
    EXPECT_TRUE(read_network("2001:db8::1/64").has_host_bits);
    EXPECT_TRUE(read_network("::ffff:10.1.2.3/104").has_host_bits);
    EXPECT_FALSE(read_network("10.1.2.3/32").has_host_bits);
}

TEST(ConfigAddresses, WhatIsNoNetworkIsRefused)
{
    for (const char* text : {"", "/", "/8", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.0/", "10.0.0.0/33",
                             "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "fe80::1%eth0", "[::1]", "example.com",
                             " 10.0.0.1", "10.0.0.0/255.0.0.0", "1111:2222:3333:4444:5555:6666:7777:8888:9999"})
        EXPECT_FALSE(read_network(text).network) << text;
    EXPECT_FALSE(read_network(std::string_view("10.0.0.1\0.5", 11)).network);
}

TEST(ConfigAddresses, ANetworkIsWrittenAsItIsMeant)
{
    const auto meant = [](std::string_view text) {
        const NetworkText network = read_network(text);
        return to_text(*network.network, network.bits);
    };
    EXPECT_EQ(meant("10.1.2.3/8"), "10.0.0.0/8");
    EXPECT_EQ(meant("2001:db8::1/32"), "2001:db8::/32");
    EXPECT_EQ(meant("::ffff:10.1.2.3/104"), "10.0.0.0/8");
}

}  // namespace
}  // namespace kashim::config
