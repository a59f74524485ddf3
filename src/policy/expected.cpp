// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/expected.h"

#include "policy/who_wins.h"

#include <algorithm>

namespace kashim::policy {

OptionSet Expected::set_by_program(const Values& now) const
{
    const bool had_ours = may_be_a_duplicate_ && has_times_of_ours(now, OptionSet::all());
    const OptionSet programs =
        policy::set_by_program(now, all_ours(), {untouched_.data(), had_ours ? 0 : untouched_count_});
    if (!was_not_seen_ || !has_times_of_ours(now, differing_from_untouched(now)))
        return programs;
    return programs | (policy::set_by_program(now, all_ours(), {}) - Option::user_timeout);
}

bool Expected::has_times_of_ours(const Values& now, OptionSet looked_at) const
{
    return std::ranges::any_of(all_ours(), [&now, looked_at](const Settings& settings) {
        if (settings.keepalive == Keepalive::leave)
            return false;
        const OptionSet same = looked_at - differing(wanted(settings), now);
        return int{same.has(Option::idle)} + int{same.has(Option::interval)} + int{same.has(Option::count)} >= 2;
    });
}

OptionSet Expected::differing_from_untouched(const Values& now) const
{
    OptionSet different = OptionSet::all();
    for (std::size_t i = 0; i < untouched_count_; ++i)
        different = different & differing(now, untouched_[i]);
    return different;
}

}  // namespace kashim::policy
