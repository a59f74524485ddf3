// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "shim/descriptors.h"
#include "shim/runtime.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>

namespace kashim::test {
namespace {

using shim::Descriptors;
using shim::FreshValues;
using shim::Ports;
using shim::Seen;

constexpr int kTracked = 16384;

TEST(ShimDescriptors, NothingWasSeenOfAnyAtFirst)
{
    const auto descriptors = std::make_unique<Descriptors>();
    for (int fd = 0; fd < kTracked; ++fd)
        ASSERT_EQ((*descriptors)[fd], Seen::nothing) << fd;
}

TEST(ShimDescriptors, EachHasAPlaceOfItsOwn)
{
    const auto descriptors = std::make_unique<Descriptors>();
    const auto seen = [](int fd) { return static_cast<Seen>(1 + (fd % 6 + fd / 64 + fd / 4096) % 6); };
    for (int fd = 0; fd < kTracked; ++fd)
        descriptors->set(fd, seen(fd));
    for (int fd = 0; fd < kTracked; ++fd)
        ASSERT_EQ((*descriptors)[fd], seen(fd)) << fd;
}

TEST(ShimDescriptors, TheLastWordCounts)
{
    const auto descriptors = std::make_unique<Descriptors>();
    descriptors->set(7, Seen::listener);
    descriptors->set(7, Seen::fresh);
    EXPECT_EQ((*descriptors)[7], Seen::fresh);
    descriptors->set(7, Seen::nothing);
    EXPECT_EQ((*descriptors)[7], Seen::nothing);
}

TEST(ShimDescriptors, NumbersThatAreNoneAndVeryHighOnesAreNotKept)
{
    const auto descriptors = std::make_unique<Descriptors>();
    for (const int fd : {-1, std::numeric_limits<int>::min(), kTracked, std::numeric_limits<int>::max()}) {
        descriptors->set(fd, Seen::listener);
        EXPECT_EQ((*descriptors)[fd], Seen::nothing) << fd;
    }
    for (int fd = 0; fd < kTracked; ++fd)
        ASSERT_EQ((*descriptors)[fd], Seen::nothing) << fd;
}

TEST(ShimPorts, EachIsKeptByItself)
{
    const auto ports = std::make_unique<Ports>();
    for (unsigned port = 0; port <= 65535; port += 3)
        ports->add(static_cast<std::uint16_t>(port));
    for (unsigned port = 0; port <= 65535; ++port)
        ASSERT_EQ(ports->has(static_cast<std::uint16_t>(port)), port % 3 == 0) << port;
}

TEST(ShimFreshValues, AreUnknownAtFirst)
{
    EXPECT_FALSE(FreshValues{}.get());
}

TEST(ShimFreshValues, ComeBackAsTheyWereRemembered)
{
    FreshValues fresh;
    for (const policy::Values values :
         {policy::kLinuxValues, policy::Values{true, 1, policy::Seconds(1), policy::Seconds(1), {}},
          policy::Values{true, 255, policy::Seconds(65535), policy::Seconds(65535), {}},
          policy::Values{false, 127, policy::Seconds(32767), policy::Seconds(1), {}},
          policy::Values{false, 0, policy::Seconds(0), policy::Seconds(0), {}}}) {
        fresh.remember(values);
        ASSERT_TRUE(fresh.get());
        EXPECT_EQ(*fresh.get(), values);
    }
}

}  // namespace
}  // namespace kashim::test
