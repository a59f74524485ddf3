// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/policy.h"
#include "shim/connection.h"
#include "shim/runtime.h"

namespace kashim::shim {

inline platform::Level level_of(const Tuning& tuning)
{
    return tuning.outcome.refused.empty() ? platform::Level::debug : platform::Level::warn;
}

/// Whether the log wants to hear of it. Asked before report(), which lies far from what every connection runs.
inline bool is_wanted(const Tuning& tuning)
{
    return runtime.log.says(level_of(tuning));
}

/// One line at the level debug: descriptor, endpoint, rule, what was set, what was left and why. At the level warn where
/// the kernel refused a value.
void report(const Connection& connection, const policy::Decision& decision, const Tuning& tuning);

/// The same for an option that the program has set itself: before is what it set, after what is in force now.
void report_change(const Connection& connection, const policy::Decision& decision, policy::Option option,
                   const Tuning& tuning);

}  // namespace kashim::shim
