// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/who_wins.h"

#include <algorithm>

namespace kashim::policy {
namespace {

// "auto": silence and unacknowledged data die at the same moment. Without probing there is no such moment.
Milliseconds automatic_timeout(const Values& values)
{
    if (!values.keepalive)
        return Milliseconds(0);
    const std::chrono::milliseconds budget = dead_after(values.idle, values.interval, values.count);
    return std::min<std::chrono::milliseconds>(budget, kLargestUserTimeout).count() >= kLargestUserTimeout.count()
               ? kLargestUserTimeout
               : Milliseconds(static_cast<std::uint32_t>(budget.count()));
}

Milliseconds our_timeout(const UserTimeout& ours, const Values& in_force)
{
    switch (ours.kind) {
    case UserTimeout::Kind::automatic:
        return automatic_timeout(in_force);
    case UserTimeout::Kind::fixed:
        return ours.limit;
    case UserTimeout::Kind::off:
        break;
    }
    return Milliseconds(0);
}

Milliseconds smaller_but_not_off(Milliseconds a, Milliseconds b)
{
    if (a.count() == 0 || b.count() == 0)
        return std::max(a, b);
    return std::min(a, b);
}

// The program's count, lowered only so far that the whole stays within our budget. idle and interval are capped already.
std::uint8_t capped_count(const Settings& ours, const Values& values, std::uint8_t programs_count)
{
    const auto room = dead_after(ours.idle, ours.interval, ours.count) - values.idle;
    const auto fitting = std::max<std::int64_t>(1, room / values.interval);
    return static_cast<std::uint8_t>(std::min<std::int64_t>(programs_count, fitting));
}

}  // namespace

Values wanted(const Settings& ours)
{
    return who_wins(ours, kLinuxValues, {});
}

OptionSet options_for_fresh_socket(const Values& values)
{
    return Option::idle | Option::interval | Option::count |
           (differing(values, kLinuxValues) & (Option::keepalive | Option::user_timeout));
}

OptionSet set_by_program(const Values& now, std::span<const Settings> ours, std::span<const Values> untouched)
{
    OptionSet programs = OptionSet::all();
    for (const Values& values : untouched)
        programs = programs & differing(now, values);
    for (const Settings& settings : ours) {
        if (settings.keepalive == Keepalive::leave)
            continue;
        programs = programs & differing(now, wanted(settings));
        if (settings.user_timeout.kind == UserTimeout::Kind::automatic && now.user_timeout == automatic_timeout(now))
            programs = programs - Option::user_timeout;
    }
    return programs;
}

bool follow_program(const Settings& ours)
{
    return ours.keepalive != Keepalive::leave &&
           (ours.app != App::respect || ours.user_timeout.kind == UserTimeout::Kind::automatic);
}

Values who_wins(const Settings& ours, const Values& now, OptionSet programs)
{
    if (ours.keepalive == Keepalive::leave)
        return now;
    if (ours.app == App::override)
        programs = {};
    // Where we want no probing there is nothing to be earlier than.
    const bool cap = ours.app == App::cap && ours.keepalive == Keepalive::on;

    Values values;
    values.keepalive = programs.has(Option::keepalive) && !cap ? now.keepalive : ours.keepalive == Keepalive::on;
    values.idle = !programs.has(Option::idle) ? ours.idle : cap ? std::min(now.idle, ours.idle) : now.idle;
    values.interval = !programs.has(Option::interval) ? ours.interval
                      : cap                           ? std::min(now.interval, ours.interval)
                                                      : now.interval;
    values.count = !programs.has(Option::count) ? ours.count : cap ? capped_count(ours, values, now.count) : now.count;
    const Milliseconds timeout = our_timeout(ours.user_timeout, values);
    values.user_timeout = !programs.has(Option::user_timeout) ? timeout
                          : cap                               ? smaller_but_not_off(now.user_timeout, timeout)
                                                              : now.user_timeout;
    return values;
}

Values who_wins_after_change(const Settings& ours, const Values& before, const Values& now, Option changed)
{
    const bool follows = ours.user_timeout.kind == UserTimeout::Kind::automatic && changed != Option::user_timeout &&
                         !set_by_program(before, {&ours, 1}, {}).has(Option::user_timeout);
    return who_wins(ours, now, follows ? OptionSet::all() - Option::user_timeout : OptionSet::all());
}

}  // namespace kashim::policy
