// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/settings.h"

#include <optional>

namespace kashim::policy {

/// The times of a connection: what a dead_after fixes.
struct Times {
    Seconds idle{0};
    Seconds interval{0};
    std::uint8_t count = 0;

    friend constexpr bool operator==(const Times&, const Times&) = default;
};

/// What the same table gave beside its dead_after.
struct GivenTimes {
    std::optional<Seconds> idle;
    std::optional<Seconds> interval;
    std::optional<std::uint8_t> count;
};

/// The answer to a budget: the times, or the nearest budget (in seconds, 0 if there is none) that could be met.
struct [[nodiscard]] Budget {
    std::optional<Times> times;
    std::int64_t nearest_s = 0;
};

/// Splits dead_after = idle + interval x count exactly, in whole seconds, keeping what is given.
/// budget_s is in seconds; any value is allowed, what cannot be met answers with the nearest budget that can.
Budget split_budget(std::int64_t budget_s, const GivenTimes& given);

}  // namespace kashim::policy
