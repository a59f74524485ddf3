// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/settings.h"

#include <algorithm>
#include <limits>

namespace kashim::policy {
namespace {

template <typename Number>
Number nearest(std::int64_t number)
{
    return static_cast<Number>(std::clamp<std::int64_t>(number, 0, std::numeric_limits<Number>::max()));
}

}  // namespace

std::int64_t number_of(const Values& values, Option option)
{
    switch (option) {
    case Option::keepalive:
        return values.keepalive ? 1 : 0;
    case Option::idle:
        return values.idle.count();
    case Option::interval:
        return values.interval.count();
    case Option::count:
        return values.count;
    case Option::user_timeout:
        break;
    }
    return values.user_timeout.count();
}

void set_number(Values& values, Option option, std::int64_t number)
{
    switch (option) {
    case Option::keepalive:
        values.keepalive = number != 0;  // macOS tells SO_KEEPALIVE, not 1
        break;
    case Option::idle:
        values.idle = Seconds(nearest<Seconds::rep>(number));
        break;
    case Option::interval:
        values.interval = Seconds(nearest<Seconds::rep>(number));
        break;
    case Option::count:
        values.count = nearest<std::uint8_t>(number);
        break;
    case Option::user_timeout:
        values.user_timeout = std::min(Milliseconds(nearest<Milliseconds::rep>(number)), kLargestUserTimeout);
        break;
    }
}

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
