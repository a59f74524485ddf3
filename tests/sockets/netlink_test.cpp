// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/netlink.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace kashim::test {
namespace {

using sockets::take;

/// Attributes one behind the other, as the kernel lays them out.
class Attributes {
public:
    Attributes& add(std::uint16_t length, std::uint16_t type, std::span<const unsigned char> payload = {})
    {
        const nlattr header{.nla_len = length, .nla_type = type};
        std::memcpy(bytes_.data() + size_, &header, sizeof header);
        std::copy(payload.begin(), payload.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(size_ + sizeof header));
        size_ += sizeof header + payload.size();
        return *this;
    }

    std::span<const char> bytes() const { return {bytes_.data(), size_}; }

private:
    alignas(4) std::array<char, 64> bytes_{};
    std::size_t size_ = 0;
};

TEST(LiveNetlink, TakesOnePieceAfterTheOtherAtMultiplesOfFour)
{
    constexpr std::array<unsigned char, 4> kOneByteAndThreeUnused{7, 0xee, 0xee, 0xee};
    constexpr std::array<unsigned char, 4> kFour{1, 2, 3, 4};
    Attributes all;
    all.add(5, 11, kOneByteAndThreeUnused).add(8, 12, kFour).add(4, 13);
    std::span<const char> rest = all.bytes();

    const auto first = take<nlattr>(rest);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->header->nla_type, 11);
    EXPECT_EQ(first->payload.size(), 1u);
    EXPECT_EQ(sockets::begin_of<std::uint8_t>(first->payload), 7);
    const auto second = take<nlattr>(rest);
    ASSERT_TRUE(second);
    EXPECT_EQ(sockets::begin_of<std::uint32_t>(second->payload), 0x04030201u);
    const auto third = take<nlattr>(rest);
    ASSERT_TRUE(third);
    EXPECT_TRUE(third->payload.empty());
    EXPECT_TRUE(rest.empty());
    EXPECT_FALSE(take<nlattr>(rest));
}

TEST(LiveNetlink, TheLastPieceNeedsNoPadding)
{
    constexpr std::array<unsigned char, 1> kOne{9};
    Attributes all;
    all.add(5, 11, kOne);
    std::span<const char> rest = all.bytes();
    ASSERT_TRUE(take<nlattr>(rest));
    EXPECT_TRUE(rest.empty());
}

TEST(LiveNetlink, NothingIsTakenThatIsNotWhole)
{
    for (const int length : {0, 3, 5, 65535}) {
        Attributes all;
        all.add(static_cast<std::uint16_t>(length), 11);
        std::span<const char> rest = all.bytes();
        EXPECT_FALSE(take<nlattr>(rest)) << "length " << length << " in 4 bytes";
    }
    Attributes all;
    all.add(4, 11);
    std::span<const char> cut = all.bytes().first(3);
    EXPECT_FALSE(take<nlattr>(cut));
}

TEST(LiveNetlink, WhatAnOlderKernelDoesNotTellIsZero)
{
    constexpr std::array<char, 2> kShort{1, 2};
    EXPECT_EQ(sockets::begin_of<std::uint32_t>(kShort), 0x0201u);
    EXPECT_EQ(sockets::begin_of<std::uint32_t>({}), 0u);
}

}  // namespace
}  // namespace kashim::test
