// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/text.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <span>
#include <string>

namespace kashim::test {
namespace {

using platform::Text;
using policy::Address;
using policy::Endpoint;

template <typename Item>
std::string written(const Item& item)
{
    std::array<char, 128> memory;
    Text text(memory);
    text << item;
    return std::string(text.view());
}

Address ipv6(std::array<std::uint16_t, 8> groups)
{
    std::uint64_t halves[2] = {0, 0};
    for (std::size_t i = 0; i < 8; ++i)
        halves[i / 4] = halves[i / 4] << 16 | groups[i];
    return Address::ipv6(halves[0], halves[1]);
}

TEST(PlatformText, NumbersAreWrittenWhole)
{
    EXPECT_EQ(written(std::int64_t{0}), "0");
    EXPECT_EQ(written(std::int64_t{-7}), "-7");
    EXPECT_EQ(written(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(written(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
}

TEST(PlatformText, PaddingPutsZerosInFront)
{
    std::array<char, 64> memory;
    Text text(memory);
    text.padded(7, 2).padded(2026, 4).padded(123, 2).padded(0, 3);
    EXPECT_EQ(text.view(), "072026123000");
}

TEST(PlatformText, WhatDoesNotFitIsCutAndTheNewlineStillFits)
{
    std::array<char, 8> memory;
    Text text(memory);
    text << "abcde"
         << "fghij" << std::int64_t{42} << "x";
    EXPECT_EQ(text.view(), "abcdefg");
    text.end_line();
    EXPECT_EQ(text.view(), "abcdefg\n");
}

TEST(PlatformText, WhatJustFitsIsNotCut)
{
    std::array<char, 4> memory;
    Text text(memory);
    text << ""
         << "abc";
    EXPECT_EQ(text.view(), "abc");
    text.end_line();
    EXPECT_EQ(text.view(), "abc\n");
}

TEST(PlatformText, NothingIsWrittenBehindTheMemory)
{
    for (std::size_t size = 0; size < 40; ++size) {
        std::array<char, 48> memory;
        memory.fill('#');
        Text text{std::span<char>(memory).first(size)};
        text << "kashim: " << Endpoint{ipv6({0x2001, 0xdb8, 1, 2, 3, 4, 5, 6}), 65535};
        text.end_line();
        EXPECT_LE(text.view().size(), size);
        EXPECT_EQ(std::string(memory.begin() + static_cast<std::ptrdiff_t>(size), memory.end()),
                  std::string(memory.size() - size, '#'))
            << size;
    }
}

TEST(PlatformText, Ipv4IsDotted)
{
    EXPECT_EQ(written(Address::ipv4(0xc0000201)), "192.0.2.1");
    EXPECT_EQ(written(Address::ipv4(0)), "0.0.0.0");
    EXPECT_EQ(written(Address::ipv4(0xffffffff)), "255.255.255.255");
    EXPECT_EQ(written(Address::ipv6(0, 0xffff'0a00'0001)), "10.0.0.1");  // mapped
}

// RFC 5952, section by section
TEST(PlatformText, Ipv6LosesLeadingZeros)  // 4.1
{
    EXPECT_EQ(written(ipv6({0x2001, 0xdb8, 0x0001, 0x0002, 0x0abc, 0x0010, 0x0a00, 0x1000})),
              "2001:db8:1:2:abc:10:a00:1000");
}

TEST(PlatformText, Ipv6IsShortenedAsMuchAsPossible)  // 4.2.1
{
    EXPECT_EQ(written(ipv6({0x2001, 0xdb8, 0, 0, 0, 0, 2, 1})), "2001:db8::2:1");
    EXPECT_EQ(written(ipv6({0, 0, 0, 0, 0, 0, 0, 0})), "::");
    EXPECT_EQ(written(ipv6({0, 0, 0, 0, 0, 0, 0, 1})), "::1");
    EXPECT_EQ(written(ipv6({1, 0, 0, 0, 0, 0, 0, 0})), "1::");
    EXPECT_EQ(written(ipv6({0, 0, 1, 0, 0, 0, 0, 0})), "0:0:1::");
}

TEST(PlatformText, OneZeroGroupOfIpv6IsNotShortened)  // 4.2.2
{
    EXPECT_EQ(written(ipv6({0x2001, 0xdb8, 0, 1, 1, 1, 1, 1})), "2001:db8:0:1:1:1:1:1");
    EXPECT_EQ(written(ipv6({0, 1, 1, 1, 1, 1, 1, 0})), "0:1:1:1:1:1:1:0");
}

TEST(PlatformText, TheLongestRunOfZerosIsShortenedAndOfEqualsTheFirst)  // 4.2.3
{
    EXPECT_EQ(written(ipv6({0x2001, 0, 0, 1, 0, 0, 0, 1})), "2001:0:0:1::1");
    EXPECT_EQ(written(ipv6({0x2001, 0xdb8, 0, 0, 1, 0, 0, 1})), "2001:db8::1:0:0:1");
    EXPECT_EQ(written(ipv6({0, 0, 0, 1, 1, 0, 0, 0})), "::1:1:0:0:0");
}

TEST(PlatformText, Ipv6IsInLowerCase)  // 4.3
{
    EXPECT_EQ(written(ipv6({0xABCD, 0xEF01, 1, 1, 1, 1, 1, 0xFFFF})), "abcd:ef01:1:1:1:1:1:ffff");
}

TEST(PlatformText, AnEndpointHasBracketsAroundIpv6)  // 6
{
    EXPECT_EQ(written(Endpoint{Address::ipv4(0xc0000201), 80}), "192.0.2.1:80");
    EXPECT_EQ(written(Endpoint{ipv6({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1}), 65535}), "[2001:db8::1]:65535");
    EXPECT_EQ(written(Endpoint{Address::ipv4(0), 0}), "0.0.0.0:0");
}

}  // namespace
}  // namespace kashim::test
