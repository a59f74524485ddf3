// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/durations.h"

#include <gtest/gtest.h>

namespace kashim::config {
namespace {

using Fault = Duration::Fault;

void expect_milliseconds(std::string_view text, std::int64_t milliseconds)
{
    const Duration duration = read_duration(text);
    EXPECT_EQ(duration.fault, Fault::none) << text;
    EXPECT_EQ(duration.milliseconds, milliseconds) << text;
}

void expect_fault(std::string_view text, Fault fault)
{
    EXPECT_EQ(read_duration(text).fault, fault) << text;
}

TEST(ConfigDurations, EveryUnitCounts)
{
    expect_milliseconds("500s", 500'000);
    expect_milliseconds("2m", 120'000);
    expect_milliseconds("3h", 10'800'000);
    expect_milliseconds("1500ms", 1500);
}

TEST(ConfigDurations, UnitsAddUpFromLargeToSmall)
{
    expect_milliseconds("1h30m", 5'400'000);
    expect_milliseconds("1h2m3s4ms", 3'723'004);
    expect_milliseconds("1h1ms", 3'600'001);
}

TEST(ConfigDurations, ANumberMayBeZeroAndMayHaveLeadingZeros)
{
    expect_milliseconds("0s", 0);
    expect_milliseconds("007s", 7000);
}

TEST(ConfigDurations, ABareNumberIsSecondsAndSaysSo)
{
    expect_milliseconds("60", 60'000);
    EXPECT_TRUE(read_duration("60").bare);
    EXPECT_FALSE(read_duration("60s").bare);
}

TEST(ConfigDurations, MillisecondsAreTold)
{
    EXPECT_TRUE(read_duration("1s5ms").finest_is_ms);
    EXPECT_FALSE(read_duration("1m5s").finest_is_ms);
}

TEST(ConfigDurations, WhatDoesNotBeginWithADigitIsNoTime)
{
    expect_fault("", Fault::not_a_time);
    expect_fault("soon", Fault::not_a_time);
    expect_fault("-5s", Fault::not_a_time);
    expect_fault("+5s", Fault::not_a_time);
    expect_fault(" 5s", Fault::not_a_time);
}

TEST(ConfigDurations, AnUnknownUnitIsNamed)
{
    EXPECT_EQ(read_duration("5x").unit, "x");
    EXPECT_EQ(read_duration("1h5 s").unit, " s");
    EXPECT_EQ(read_duration("5S").unit, "S");
    expect_fault("5d", Fault::unknown_unit);
    expect_fault("5sec", Fault::unknown_unit);
    expect_fault("1e3s", Fault::unknown_unit);
}

TEST(ConfigDurations, ALaterNumberNeedsItsUnit)
{
    expect_fault("1h30", Fault::no_unit);
}

TEST(ConfigDurations, UnitsInAnotherOrderOrTwiceAreRefused)
{
    expect_fault("5s2m", Fault::wrong_order);
    expect_fault("1m1m", Fault::wrong_order);
    expect_fault("1ms1s", Fault::wrong_order);
}

TEST(ConfigDurations, FractionsAreRefused)
{
    expect_fault("1.5s", Fault::fraction);
    expect_fault("1h1.5m", Fault::fraction);
}

TEST(ConfigDurations, WhatNoNumberHoldsIsTooLarge)
{
    expect_milliseconds("10000000000h", 36'000'000'000'000'000);
    expect_fault("10000000001ms", Fault::too_large);
    expect_fault("99999999999999999999999s", Fault::too_large);
}

}  // namespace
}  // namespace kashim::config
