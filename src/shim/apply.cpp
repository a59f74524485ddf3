// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "shim/apply.h"

#include "platform/errno_guard.h"
#include "platform/interpose.h"
#include "policy/who_wins.h"
#include "shim/tune.h"

namespace kashim::shim {
namespace {

using policy::OptionSet;
using policy::Values;

// No other kind of socket answers for these (ENOPROTOOPT).
constexpr OptionSet kOnlyTcpHas = policy::Option::idle | policy::Option::interval | policy::Option::count;

}  // namespace

policy::Decision decide(const policy::Policy& rules, const Connection& connection)
{
    if (connection.direction == policy::Direction::outbound)
        return rules.outbound(*connection.peer);
    return rules.inbound(connection.local_port, connection.peer ? &connection.peer->address : nullptr);
}

bool is_tcp_by(const platform::Reading& reading, OptionSet asked)
{
    return (asked & kOnlyTcpHas).empty() || !(reading.known & kOnlyTcpHas).empty();
}

void apply(const Connection& connection, const policy::Decision& decision, const policy::Expected& expected,
           OptionSet candidates)
{
    Tuning tuning;
    if (decision.settings.keepalive != policy::Keepalive::leave) {
        const platform::Reading now = platform::read_values(connection.fd, candidates);
        if (!is_tcp_by(now, candidates))
            return;
        tuning.looked_at = candidates;
        tuning.before = now.values;
        tuning.programs = expected.set_by_program(now.values) & now.known;
        tuning.after = policy::who_wins(decision.settings, now.values, tuning.programs);
        // What the kernel does not tell it may still take (or refuse, which is worth saying), unless there is nothing to
        // ask for.
        OptionSet unknown = candidates - now.known;
        if (tuning.after.user_timeout.count() == 0)
            unknown = unknown - policy::Option::user_timeout;
        const OptionSet wrong = (policy::differing(now.values, tuning.after) & now.known) | unknown;
        tuning.outcome = platform::set_values(connection.fd, tuning.after, wrong, KASHIM_REAL(setsockopt));
    }
    if (is_wanted(tuning))
        report(connection, decision, tuning);
}

void take_back(int fd, const policy::Expected& expected, const Values& untouched)
{
    const platform::Reading now = platform::read_values(fd, OptionSet::all());
    if (!is_tcp_by(now, OptionSet::all()))
        return;
    const Values after = expected.without_ours(now.values, untouched);
    platform::set_values(fd, after, policy::differing(now.values, after) & now.known, KASHIM_REAL(setsockopt));
}

int changed(const Change& change, int result)
{
    if (result != 0 || !change.concerns_us)
        return result;
    const platform::ErrnoGuard keep_errno;
    const platform::Reading now = platform::read_values(change.fd, OptionSet::all());
    if (!is_tcp_by(now, OptionSet::all()))
        return result;
    const Values after =
        policy::who_wins_after_change(change.decision.settings, change.before, now.values, change.option);
    Tuning tuning{OptionSet::all(), now.values, {}, policy::with(now.values, now.known, after), {}};
    const OptionSet wrong = policy::differing(now.values, tuning.after);
    if (!wrong.empty())
        tuning.outcome = platform::set_values(change.fd, tuning.after, wrong, KASHIM_REAL(setsockopt));
    if (is_wanted(tuning))
        report_change(change.connection, change.decision, change.option, tuning);
    return result;
}

}  // namespace kashim::shim
