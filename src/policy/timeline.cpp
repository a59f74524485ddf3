// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/timeline.h"

#include <algorithm>

namespace kashim::policy {
namespace {

// Of the times at which a probe is due, the first behind at least one probe that is not before the user timeout.
std::uint32_t probes_until(std::chrono::milliseconds user_timeout, Seconds idle, Seconds interval)
{
    const std::chrono::milliseconds behind_first = user_timeout - idle;
    const std::int64_t step = std::chrono::milliseconds(interval).count();
    return static_cast<std::uint32_t>(std::max<std::int64_t>(1, (behind_first.count() + step - 1) / step));
}

}  // namespace

Timeline timeline(const Values& values, System system)
{
    Timeline timeline{.idle = values.idle, .interval = values.interval};
    const bool limited = values.user_timeout.count() != 0;
    if (values.keepalive)
        timeline.probes = values.count;
    if (!limited)
        return timeline;
    if (system == System::on_macos) {
        timeline.in_flight = conn_drop_time(values.user_timeout);
        return timeline;
    }
    timeline.in_flight = values.user_timeout;
    timeline.connect = values.user_timeout;
    if (values.keepalive) {
        timeline.probes = probes_until(values.user_timeout, values.idle, values.interval);
        timeline.user_timeout_decides = true;
    }
    return timeline;
}

}  // namespace kashim::policy
