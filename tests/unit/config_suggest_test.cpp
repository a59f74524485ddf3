// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/suggest.h"

#include <gtest/gtest.h>

#include <array>

namespace kashim::config {
namespace {

constexpr std::array<std::string_view, 5> kKeys = {"idle", "interval", "count", "user_timeout", "app"};

TEST(ConfigSuggest, TwoLettersSwappedAreOneMistake)
{
    EXPECT_EQ(nearest("idel", kKeys), "idle");
}

TEST(ConfigSuggest, ALetterTooManyIsOneMistake)
{
    EXPECT_EQ(nearest("counts", kKeys), "count");
}

TEST(ConfigSuggest, ALetterTooFewIsOneMistake)
{
    EXPECT_EQ(nearest("ap", kKeys), "app");
}

TEST(ConfigSuggest, AnotherLetterIsOneMistake)
{
    EXPECT_EQ(nearest("user-timeout", kKeys), "user_timeout");
}

TEST(ConfigSuggest, UpperAndLowerCaseAreAlike)
{
    EXPECT_EQ(nearest("INTERVAL", kKeys), "interval");
}

TEST(ConfigSuggest, LongWordsMayHaveMoreMistakes)
{
    EXPECT_EQ(nearest("tcp_user_timeout", kKeys), "user_timeout");
}

TEST(ConfigSuggest, ShortWordsMayHaveOneMistakeOnly)
{
    EXPECT_EQ(nearest("idxx", kKeys), std::nullopt);
}

TEST(ConfigSuggest, NothingIsSuggestedForSomethingElse)
{
    EXPECT_EQ(nearest("colour", kKeys), std::nullopt);
    EXPECT_EQ(nearest("", kKeys), std::nullopt);
    EXPECT_EQ(nearest(std::string(1000, 'i'), kKeys), std::nullopt);
}

TEST(ConfigSuggest, TheNearestWinsOverTheFirst)
{
    constexpr std::array<std::string_view, 2> kWords = {"intervals_", "interval"};
    EXPECT_EQ(nearest("intervals", kWords), "intervals_");
    EXPECT_EQ(nearest("intervl", kWords), "interval");
}

}  // namespace
}  // namespace kashim::config
