// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/settings.h"

namespace kashim::policy {

OptionSet differing(const Values& a, const Values& b)
{
    OptionSet set;
    const auto add = [&set](bool differs, Option option) {
        if (differs)
            set = set | option;
    };
    add(a.keepalive != b.keepalive, Option::keepalive);
    add(a.idle != b.idle, Option::idle);
    add(a.interval != b.interval, Option::interval);
    add(a.count != b.count, Option::count);
    add(a.user_timeout != b.user_timeout, Option::user_timeout);
    return set;
}

Values with(Values values, OptionSet which, const Values& other)
{
    if (which.has(Option::keepalive))
        values.keepalive = other.keepalive;
    if (which.has(Option::idle))
        values.idle = other.idle;
    if (which.has(Option::interval))
        values.interval = other.interval;
    if (which.has(Option::count))
        values.count = other.count;
    if (which.has(Option::user_timeout))
        values.user_timeout = other.user_timeout;
    return values;
}

}  // namespace kashim::policy
