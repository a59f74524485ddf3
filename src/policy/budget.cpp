// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/budget.h"

#include <algorithm>
#include <array>

namespace kashim::policy {
namespace {

// All sums are done in 64 bits: a budget comes from a file and may be anything.
using Wide = std::int64_t;

constexpr Wide kTime = kLargestTime.count();

// With idle free, idle is about half the budget, so no budget above twice the largest idle can be met.
constexpr Wide kLargestHalvedBudget = 2 * kTime;

// The counts tried where idle is given, best first. 4 is what a bare dead_after uses.
constexpr std::array<std::uint8_t, 8> kPreferredCounts = {4, 5, 3, 6, 7, 8, 9, 2};

std::optional<Times> times(Wide idle, Wide interval, Wide count)
{
    const bool fits =
        idle >= 1 && idle <= kTime && interval >= 1 && interval <= kTime && count >= 1 && count <= kLargestCount;
    if (!fits)
        return std::nullopt;
    return Times{Seconds(static_cast<std::uint16_t>(idle)), Seconds(static_cast<std::uint16_t>(interval)),
                 static_cast<std::uint8_t>(count)};
}

std::optional<Times> split_freely(Wide budget)
{
    const Wide count = budget < 8 ? std::min<Wide>(4, budget - 1) : 4;
    const Wide interval = budget < 8 ? 1 : budget / 8;
    return times(budget - interval * count, interval, count);
}

std::optional<Times> split_with_count(Wide budget, Wide count)
{
    const Wide interval = std::max<Wide>(1, budget / (2 * count));
    return times(budget - interval * count, interval, count);
}

std::optional<Times> split_with_interval(Wide budget, Wide interval)
{
    const Wide count = std::clamp<Wide>(budget / (2 * interval), 1, kLargestCount);
    return times(budget - interval * count, interval, count);
}

std::optional<Times> split_with_idle(Wide budget, Wide idle)
{
    const Wide rest = budget - idle;
    for (const Wide count : kPreferredCounts) {
        if (rest > 0 && rest % count == 0) {
            if (const auto found = times(idle, rest / count, count))
                return found;
        }
    }
    return std::nullopt;
}

std::optional<Times> split(Wide budget, const GivenTimes& given)
{
    if (given.idle)
        return split_with_idle(budget, given.idle->count());
    if (given.interval)
        return split_with_interval(budget, given.interval->count());
    if (given.count)
        return split_with_count(budget, *given.count);
    return split_freely(budget);
}

Wide nearest_quotient(Wide dividend, Wide divisor, Wide largest)
{
    // Half-way goes down: the smaller budget notices sooner.
    return std::clamp<Wide>((2 * dividend + divisor - 1) / (2 * divisor), 1, largest);
}

// Two or three values given: nothing is left to choose.
Budget follow(Wide budget, const GivenTimes& given)
{
    const Wide idle = given.idle ? given.idle->count() : 0;
    const Wide interval = given.interval ? given.interval->count() : 0;
    const Wide count = given.count ? *given.count : 0;
    std::optional<Times> found;
    if (idle != 0 && interval != 0 && count != 0)
        found = times(idle, interval, count);
    else if (idle != 0 && interval != 0)
        found = times(idle, interval, nearest_quotient(std::max<Wide>(0, budget - idle), interval, kLargestCount));
    else if (idle != 0)
        found = times(idle, nearest_quotient(std::max<Wide>(0, budget - idle), count, kTime), count);
    else
        found = times(std::clamp<Wide>(budget - interval * count, 1, kTime), interval, count);
    if (!found)
        return {};
    const Wide met = dead_after(found->idle, found->interval, found->count).count();
    if (met != budget)
        return {std::nullopt, met};
    return {found, met};
}

}  // namespace

Budget split_budget(std::int64_t budget_s, const GivenTimes& given)
{
    // Beyond what any values can add up to, only the direction matters.
    const Wide budget = std::clamp<Wide>(budget_s, -1, kTime + kTime * kLargestCount + 1);
    if (int{given.idle.has_value()} + int{given.interval.has_value()} + int{given.count.has_value()} >= 2)
        return follow(budget, given);
    if (const auto found = split(budget, given))
        return {found, budget};

    // What can be met is dense: from inside the possible range a few steps find it.
    const Wide lowest = given.idle       ? given.idle->count() + 2
                        : given.interval ? given.interval->count() + 1
                        : given.count    ? *given.count + 1
                                         : 2;
    const Wide highest = given.idle ? given.idle->count() + kTime * 9 : kLargestHalvedBudget;
    const Wide start = std::clamp(budget, lowest, highest);
    for (Wide step = 0; step <= highest; ++step) {
        if (split(start - step, given))
            return {std::nullopt, start - step};
        if (split(start + step, given))
            return {std::nullopt, start + step};
    }
    return {};
}

}  // namespace kashim::policy
