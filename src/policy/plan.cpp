// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/plan.h"

#include "policy/who_wins.h"

namespace kashim::policy {

Plan plan(const Settings& ours, const Reading& now, OptionSet programs, OptionSet asked)
{
    Plan plan{programs & now.known, now.values, {}};
    if (ours.keepalive == Keepalive::leave)
        return plan;
    plan.after = who_wins(ours, now.values, plan.programs);
    OptionSet untold = asked - now.known;
    if (plan.after.user_timeout.count() == 0)
        untold = untold - Option::user_timeout;
    plan.to_set = (differing(now.values, plan.after) & now.known) | untold;
    return plan;
}

Plan plan_after_change(const Settings& ours, const Values& before, const Reading& now, Option changed)
{
    const Values after = with(now.values, now.known, who_wins_after_change(ours, before, now.values, changed));
    return {{}, after, differing(now.values, after)};
}

Plan plan_to_take_back(const Expected& expected, const Reading& now, const Values& before_us)
{
    const Values after = expected.without_ours(now.values, before_us);
    return {{}, after, differing(now.values, after) & now.known};
}

}  // namespace kashim::policy
