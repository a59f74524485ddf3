// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/overlay.h"

namespace kashim::policy {

bool Overlay::empty() const
{
    return !keepalive && !app && !idle && !interval && !count && !user_timeout;
}

Settings Overlay::over(Settings rule) const
{
    if (rule.keepalive == Keepalive::leave)
        return rule;
    rule.keepalive = keepalive.value_or(rule.keepalive);
    rule.app = app.value_or(rule.app);
    rule.idle = idle.value_or(rule.idle);
    rule.interval = interval.value_or(rule.interval);
    rule.count = count.value_or(rule.count);
    rule.user_timeout = user_timeout.value_or(rule.user_timeout);
    return rule;
}

}  // namespace kashim::policy
