// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/expected.h"

#include "policy/who_wins.h"

#include <algorithm>

namespace kashim::policy {

OptionSet Expected::set_by_program(const Values& now) const
{
    const std::size_t untouched = has_times_of_ours(now) ? 0 : untouched_count_;
    return policy::set_by_program(now, all_ours(), {untouched_.data(), untouched});
}

// One of our times shows that the socket had the base: then what looks untouched was set by the program.
bool Expected::has_times_of_ours(const Values& now) const
{
    constexpr OptionSet kTimes = Option::idle | Option::interval | Option::count;
    return std::ranges::any_of(all_ours(), [&now](const Settings& settings) {
        if (settings.keepalive == Keepalive::leave)
            return false;
        const Values values = wanted(settings);
        const OptionSet telling = differing(values, kLinuxValues) & kTimes;
        return !(telling - differing(values, now)).empty();
    });
}

}  // namespace kashim::policy
