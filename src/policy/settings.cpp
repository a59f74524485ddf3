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

}  // namespace kashim::policy
