// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/budget.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <ostream>
#include <vector>

namespace kashim::policy {

static std::ostream& operator<<(std::ostream& stream, const Times& times)
{
    return stream << times.idle.count() << "/" << times.interval.count() << "/" << int{times.count};
}

}  // namespace kashim::policy

namespace kashim::test {
namespace {

using policy::Budget;
using policy::GivenTimes;
using policy::Seconds;
using policy::split_budget;
using policy::Times;

constexpr std::int64_t kTime = 32767;
constexpr std::int64_t kCount = 127;
constexpr std::int64_t kLargest = kTime + kTime * kCount;

Times times(unsigned idle, unsigned interval, unsigned count)
{
    return {Seconds(static_cast<std::uint16_t>(idle)), Seconds(static_cast<std::uint16_t>(interval)),
            static_cast<std::uint8_t>(count)};
}

/// 0: not given.
struct Numbers {
    std::int64_t idle = 0;
    std::int64_t interval = 0;
    std::int64_t count = 0;

    friend std::ostream& operator<<(std::ostream& stream, const Numbers& numbers)
    {
        return stream << "idle " << numbers.idle << ", interval " << numbers.interval << ", count " << numbers.count;
    }
};

GivenTimes given(const Numbers& numbers)
{
    GivenTimes given;
    if (numbers.idle != 0)
        given.idle = Seconds(static_cast<std::uint16_t>(numbers.idle));
    if (numbers.interval != 0)
        given.interval = Seconds(static_cast<std::uint16_t>(numbers.interval));
    if (numbers.count != 0)
        given.count = static_cast<std::uint8_t>(numbers.count);
    return given;
}

/// The definition, word by word: what the file's keys come to, or nothing.
std::optional<Numbers> by_the_book(std::int64_t budget, Numbers n)
{
    const bool idle = n.idle != 0;
    const bool interval = n.interval != 0;
    const bool count = n.count != 0;
    if (idle && interval && !count) {
        n.count = (budget - n.idle) / n.interval;
    } else if (idle && !interval && count) {
        n.interval = (budget - n.idle) / n.count;
    } else if (!idle && interval && count) {
        n.idle = budget - n.interval * n.count;
    } else if (idle && !interval) {
        for (const std::int64_t tried : {4, 5, 3, 6, 7, 8, 9, 2}) {
            if ((budget - n.idle) % tried == 0 && (budget - n.idle) / tried >= 1 &&
                (budget - n.idle) / tried <= kTime) {
                n.count = tried;
                n.interval = (budget - n.idle) / tried;
                break;
            }
        }
    } else if (interval && !idle) {
        n.count = std::clamp<std::int64_t>(budget / (2 * n.interval), 1, kCount);
        n.idle = budget - n.interval * n.count;
    } else if (count && !idle) {
        n.interval = std::max<std::int64_t>(1, budget / (2 * n.count));
        n.idle = budget - n.interval * n.count;
    } else if (!idle) {
        n.count = budget < 8 ? std::min<std::int64_t>(4, budget - 1) : 4;
        n.interval = budget < 8 ? 1 : budget / 8;
        n.idle = budget - n.interval * n.count;
    }
    const bool in_range =
        n.idle >= 1 && n.idle <= kTime && n.interval >= 1 && n.interval <= kTime && n.count >= 1 && n.count <= kCount;
    if (!in_range || n.idle + n.interval * n.count != budget)
        return std::nullopt;
    return n;
}

/// Tries every budget that would be nearer.
void expect_nearest(std::int64_t budget, const Numbers& numbers)
{
    const Budget found = split_budget(budget, given(numbers));
    if (found.times)
        return;
    ASSERT_TRUE(by_the_book(found.nearest_s, numbers)) << found.nearest_s << " s with " << numbers;
    // The smaller of two that are as near: it notices sooner.
    const std::int64_t distance = std::abs(found.nearest_s - budget);
    const std::int64_t first = found.nearest_s < budget ? budget - distance + 1 : budget - distance;
    for (std::int64_t other = std::max<std::int64_t>(0, first); other < budget + distance; ++other)
        ASSERT_FALSE(by_the_book(other, numbers)) << budget << " s with " << numbers << ": " << other;
}

/// Every way in which a table can give one, two or three of the values.
std::vector<Numbers> all_givens()
{
    std::vector<Numbers> givens;
    for (const std::int64_t idle : {0, 1, 2, 17, 60, 7200, 32766, 32767}) {
        for (const std::int64_t interval : {0, 1, 2, 7, 75, 258, 259, 16384, 32767}) {
            for (const std::int64_t count : {0, 1, 2, 5, 126, 127})
                givens.push_back({idle, interval, count});
        }
    }
    return givens;
}

/// All budgets of less than five minutes, and those around every limit.
std::vector<std::int64_t> budgets()
{
    std::vector<std::int64_t> budgets;
    for (std::int64_t budget = -2; budget < 300; ++budget)
        budgets.push_back(budget);
    for (const std::int64_t middle : {kTime, 2 * kTime, 3 * kTime, kTime * 9, kTime * kCount, kLargest}) {
        for (std::int64_t off = -9; off <= 9; ++off)
            budgets.push_back(middle + off);
    }
    return budgets;
}

TEST(PolicyBudget, ABareBudgetIsHalfIdleAndFourProbes)
{
    EXPECT_EQ(split_budget(45, {}).times, times(25, 5, 4));
    EXPECT_EQ(split_budget(210, {}).times, times(106, 26, 4));
    EXPECT_EQ(split_budget(8, {}).times, times(4, 1, 4));
}

TEST(PolicyBudget, ATinyBudgetProbesEachSecond)
{
    EXPECT_EQ(split_budget(2, {}).times, times(1, 1, 1));
    EXPECT_EQ(split_budget(3, {}).times, times(1, 1, 2));
    EXPECT_EQ(split_budget(4, {}).times, times(1, 1, 3));
    EXPECT_EQ(split_budget(5, {}).times, times(1, 1, 4));
    EXPECT_EQ(split_budget(6, {}).times, times(2, 1, 4));
    EXPECT_EQ(split_budget(7, {}).times, times(3, 1, 4));
}

TEST(PolicyBudget, AGivenCountIsKept)
{
    EXPECT_EQ(split_budget(60, given({.count = 3})).times, times(30, 10, 3));
    EXPECT_EQ(split_budget(10, given({.count = 9})).times, times(1, 1, 9));  // half a second is no interval
}

TEST(PolicyBudget, AGivenIntervalIsKept)
{
    EXPECT_EQ(split_budget(60, given({.interval = 7})).times, times(32, 7, 4));
    EXPECT_EQ(split_budget(11, given({.interval = 10})).times, times(1, 10, 1));
    EXPECT_EQ(split_budget(1000, given({.interval = 1})).times, times(873, 1, 127));
}

TEST(PolicyBudget, AGivenIdleTakesTheFirstCountThatDividesTheRest)
{
    EXPECT_EQ(split_budget(80, given({.idle = 60})).times, times(60, 5, 4));
    EXPECT_EQ(split_budget(75, given({.idle = 60})).times, times(60, 3, 5));
    EXPECT_EQ(split_budget(69, given({.idle = 60})).times, times(60, 3, 3));
    EXPECT_EQ(split_budget(74, given({.idle = 60})).times, times(60, 2, 7));
    EXPECT_EQ(split_budget(62, given({.idle = 60})).times, times(60, 1, 2));
}

TEST(PolicyBudget, OfTwoGivenValuesTheThirdFollows)
{
    EXPECT_EQ(split_budget(90, given({.idle = 60, .interval = 10})).times, times(60, 10, 3));
    EXPECT_EQ(split_budget(90, given({.idle = 60, .count = 3})).times, times(60, 10, 3));
    EXPECT_EQ(split_budget(90, given({.interval = 10, .count = 3})).times, times(60, 10, 3));
}

TEST(PolicyBudget, ThreeGivenValuesMustAddUp)
{
    EXPECT_EQ(split_budget(90, given({60, 10, 3})).times, times(60, 10, 3));
    EXPECT_EQ(split_budget(91, given({60, 10, 3})).times, std::nullopt);
    EXPECT_EQ(split_budget(91, given({60, 10, 3})).nearest_s, 90);
}

TEST(PolicyBudget, WhatCannotBeMetNamesTheNearestThatCan)
{
    EXPECT_EQ(split_budget(1, {}).nearest_s, 2);
    EXPECT_EQ(split_budget(65532, {}).nearest_s, 65531);
    EXPECT_EQ(split_budget(71, given({.idle = 60})).nearest_s, 70);  // eleven is divided by none of the counts
    EXPECT_EQ(split_budget(59, given({.idle = 60})).nearest_s, 62);
    EXPECT_EQ(split_budget(95, given({.idle = 60, .interval = 10})).nearest_s, 90);  // half-way: the earlier one
    EXPECT_EQ(split_budget(96, given({.idle = 60, .interval = 10})).nearest_s, 100);
    EXPECT_EQ(split_budget(10, given({.interval = 10, .count = 3})).nearest_s, 31);
}

TEST(PolicyBudget, BudgetsThatNoFileShouldHoldAreAnsweredToo)
{
    constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    for (const std::int64_t budget : {kMin, std::int64_t{-1} << 40, std::int64_t{-1}, std::int64_t{0}}) {
        EXPECT_EQ(split_budget(budget, {}).times, std::nullopt) << budget;
        EXPECT_EQ(split_budget(budget, {}).nearest_s, 2) << budget;
        EXPECT_EQ(split_budget(budget, given({.idle = 60, .interval = 10})).nearest_s, 70) << budget;
    }
    for (const std::int64_t budget : {std::int64_t{1} << 40, kMax}) {
        EXPECT_EQ(split_budget(budget, {}).times, std::nullopt) << budget;
        EXPECT_EQ(split_budget(budget, {}).nearest_s, 65531) << budget;
        EXPECT_EQ(split_budget(budget, given({.idle = kTime, .interval = kTime})).nearest_s, kLargest) << budget;
    }
}

TEST(PolicyBudget, EverySplitIsTheOneOfTheDefinition)
{
    for (const Numbers& numbers : all_givens()) {
        for (const std::int64_t budget : budgets()) {
            const Budget found = split_budget(budget, given(numbers));
            const std::optional<Numbers> expected = by_the_book(budget, numbers);
            ASSERT_EQ(found.times.has_value(), expected.has_value()) << budget << " s with " << numbers;
            if (!expected)
                continue;
            ASSERT_EQ(found.times->idle.count(), expected->idle) << budget << " s with " << numbers;
            ASSERT_EQ(found.times->interval.count(), expected->interval) << budget << " s with " << numbers;
            ASSERT_EQ(found.times->count, expected->count) << budget << " s with " << numbers;
            ASSERT_EQ(found.nearest_s, budget) << numbers;
        }
    }
}

TEST(PolicyBudget, NoBudgetThatCanBeMetIsNearerThanTheOneThatIsNamed)
{
    std::vector<std::int64_t> asked{kTime - 1, kTime, kTime + 11, 2 * kTime - 3, 2 * kTime, 2 * kTime + 9};
    for (std::int64_t budget = -2; budget < 100; ++budget)
        asked.push_back(budget);
    for (const std::int64_t idle : {0, 1, 17, 60, 7200}) {
        for (const std::int64_t interval : {0, 1, 7, 75, 258}) {
            for (const std::int64_t count : {0, 1, 5, 127}) {
                for (const std::int64_t budget : asked)
                    expect_nearest(budget, {idle, interval, count});
            }
        }
    }
}

}  // namespace
}  // namespace kashim::test
