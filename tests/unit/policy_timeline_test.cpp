// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/budget.h"
#include "policy/timeline.h"
#include "wire/budgets.h"

#include <gtest/gtest.h>

namespace kashim::test {
namespace {

using namespace std::chrono_literals;
using policy::Milliseconds;
using policy::Seconds;
using policy::System;
using policy::Timeline;

policy::Values times(int idle, int interval, int count, int user_timeout = 0)
{
    return {true, static_cast<std::uint8_t>(count), Seconds(static_cast<std::uint16_t>(idle)),
            Seconds(static_cast<std::uint16_t>(interval)), Milliseconds(static_cast<std::uint32_t>(user_timeout))};
}

TEST(PolicyTimeline, TheBuiltInValuesProbeFiveTimesAndEndAt210Seconds)
{
    const Timeline line = policy::timeline(times(60, 30, 5), System::on_linux);
    EXPECT_EQ(line, (Timeline{.idle = 60s, .interval = 30s, .probes = 5}));
    EXPECT_EQ(line.probe(1), 60s);
    EXPECT_EQ(line.probe(2), 90s);
    EXPECT_EQ(line.probe(5), 180s);
    EXPECT_EQ(line.death(), 210s);
    EXPECT_EQ(policy::timeline(times(60, 30, 5), System::on_macos), line);
}

TEST(PolicyTimeline, WithoutProbingNothingEndsAnIdleConnection)
{
    policy::Values values = times(60, 30, 5);
    values.keepalive = false;
    EXPECT_EQ(policy::timeline(values, System::on_linux), (Timeline{.idle = 60s, .interval = 30s}));
    values.user_timeout = Milliseconds(5000);
    EXPECT_EQ(policy::timeline(values, System::on_linux),
              (Timeline{.idle = 60s, .interval = 30s, .in_flight = 5s, .connect = 5s}));
}

TEST(PolicyTimeline, TheLongestOneThereIsCounts)
{
    const Timeline line = policy::timeline(times(32767, 32767, 127), System::on_linux);
    EXPECT_EQ(line.probe(127), 32767s * 127);
    EXPECT_EQ(line.death(), 32767s * 128);
}

TEST(PolicyTimeline, OnLinuxAUserTimeoutDecidesInPlaceOfCount)
{
    EXPECT_EQ(
        policy::timeline(times(1, 1, 3, 10'000), System::on_linux),
        (Timeline{
            .idle = 1s, .interval = 1s, .probes = 9, .user_timeout_decides = true, .in_flight = 10s, .connect = 10s}));
}

TEST(PolicyTimeline, TheLargestUserTimeoutIsProbedAllTheWay)
{
    const Timeline line = policy::timeline(times(1, 1, 1, 2'147'483'647), System::on_linux);
    EXPECT_EQ(line.probes, 2'147'483u);
    EXPECT_EQ(line.death(), 2'147'484s);
}

TEST(PolicyTimeline, OnMacosAUserTimeoutIsForDataInFlightAloneAndRoundedUp)
{
    EXPECT_EQ(policy::timeline(times(1, 1, 3, 10'000), System::on_macos),
              (Timeline{.idle = 1s, .interval = 1s, .probes = 3, .in_flight = 10s}));
    EXPECT_EQ(policy::timeline(times(1, 1, 3, 1), System::on_macos).in_flight, 1s);
    EXPECT_EQ(policy::timeline(times(1, 1, 3, 1001), System::on_macos).in_flight, 2s);
    EXPECT_EQ(policy::timeline(times(1, 1, 3, 2'147'483'647), System::on_macos).in_flight, 2'147'484s);
}

TEST(PolicyTimeline, EqualToDeadAfterAUserTimeoutChangesNothingAboutAnIdleConnection)
{
    for (int count = 1; count <= 127; ++count) {
        const auto budget = policy::dead_after(Seconds(7), Seconds(11), static_cast<std::uint8_t>(count));
        const Timeline line =
            policy::timeline(times(7, 11, count, static_cast<int>(budget.count()) * 1000), System::on_linux);
        EXPECT_EQ(line.probes, static_cast<std::uint32_t>(count));
        EXPECT_EQ(line.death(), budget);
    }
}

TEST(PolicyTimeline, ItSaysWhatTheWireIsAskedForBudgets)
{
    for (const Budget& row : kBudgets) {
        policy::GivenTimes given;
        if (row.given_count != 0)
            given.count = static_cast<std::uint8_t>(row.given_count);
        const auto split = policy::split_budget(row.dead_after, given).times;
        ASSERT_TRUE(split) << row.dead_after;
        const Timeline line =
            policy::timeline({true, split->count, split->idle, split->interval, {}}, System::on_linux);
        EXPECT_EQ(line.idle.count(), row.idle) << row.dead_after << ", count " << row.given_count;
        EXPECT_EQ(line.interval.count(), row.interval) << row.dead_after << ", count " << row.given_count;
        EXPECT_EQ(line.probes, static_cast<unsigned>(row.count)) << row.dead_after << ", count " << row.given_count;
        EXPECT_EQ(line.death().count(), row.dead_after) << row.dead_after << ", count " << row.given_count;
    }
}

TEST(PolicyTimeline, ItSaysWhatTheWireIsAskedForUserTimeouts)
{
    for (const Limited& row : kLimited) {
        const Timeline line =
            policy::timeline(times(row.idle, row.interval, row.count, row.user_timeout), System::on_linux);
        EXPECT_EQ(line.probes, static_cast<unsigned>(row.probes)) << row.idle << " " << row.user_timeout;
        EXPECT_EQ(line.death().count(), row.end) << row.idle << " " << row.user_timeout;
        EXPECT_TRUE(line.user_timeout_decides);
    }
}

}  // namespace
}  // namespace kashim::test
