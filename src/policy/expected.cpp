// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/expected.h"

#include "policy/who_wins.h"

#include <algorithm>

namespace kashim::policy {

OptionSet Expected::set_by_program(const Values& now) const
{
    const bool had_ours = may_be_a_duplicate_ && has_times_of_ours(now);
    return policy::set_by_program(now, all_ours(), {untouched_.data(), had_ours ? 0 : untouched_count_});
}

bool Expected::has_times_of_ours(const Values& now) const
{
    return std::ranges::any_of(all_ours(), [&now](const Settings& settings) {
        if (settings.keepalive == Keepalive::leave)
            return false;
        const OptionSet different = differing(wanted(settings), now);
        return int{!different.has(Option::idle)} + int{!different.has(Option::interval)} +
                   int{!different.has(Option::count)} >=
               2;
    });
}

}  // namespace kashim::policy
