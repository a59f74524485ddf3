// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "shim/steps.h"

#include "platform/errno_guard.h"
#include "platform/interpose.h"
#include "shim/report.h"
#include "shim/tune.h"

namespace kashim::shim {
namespace {

using policy::OptionSet;
using policy::Values;

// No other kind of socket answers for these (ENOPROTOOPT).
constexpr OptionSet kOnlyTcpHas = policy::Option::idle | policy::Option::interval | policy::Option::count;

}  // namespace

bool is_tcp_by(const policy::Reading& reading, OptionSet asked)
{
    return (asked & kOnlyTcpHas).empty() || !(reading.known & kOnlyTcpHas).empty();
}

void apply(const Connection& connection, const policy::Decision& decision, const policy::Expected& expected,
           OptionSet candidates)
{
    Tuning tuning;
    if (decision.settings.keepalive != policy::Keepalive::leave) {
        const policy::Reading now = platform::read_values(connection.fd, candidates);
        if (!is_tcp_by(now, candidates))
            return;
        tuning.looked_at = candidates;
        tuning.before = now.values;
        tuning.plan = policy::plan(decision.settings, now, expected.set_by_program(now.values), candidates);
        tuning.outcome =
            platform::set_values(connection.fd, tuning.plan.after, tuning.plan.to_set, KASHIM_REAL(setsockopt));
    }
    if (is_wanted(tuning))
        report(connection, decision, tuning);
}

void take_back(int fd, const policy::Expected& expected, const Values& untouched)
{
    const policy::Reading now = platform::read_values(fd, OptionSet::all());
    if (!is_tcp_by(now, OptionSet::all()))
        return;
    const policy::Plan plan = policy::plan_to_take_back(expected, now, untouched);
    static_cast<void>(platform::set_values(fd, plan.after, plan.to_set, KASHIM_REAL(setsockopt)));
}

int changed(const Change& change, int result)
{
    if (result != 0 || !change.concerns_us)
        return result;
    const platform::ErrnoGuard keep_errno;
    const policy::Reading now = platform::read_values(change.fd, OptionSet::all());
    if (!is_tcp_by(now, OptionSet::all()))
        return result;
    Tuning tuning{OptionSet::all(),
                  now.values,
                  policy::plan_after_change(change.decision.settings, change.before, now, change.option),
                  {}};
    if (!tuning.plan.to_set.empty())
        tuning.outcome =
            platform::set_values(change.fd, tuning.plan.after, tuning.plan.to_set, KASHIM_REAL(setsockopt));
    if (is_wanted(tuning))
        report_change(change.connection, change.decision, change.option, tuning);
    return result;
}

}  // namespace kashim::shim
