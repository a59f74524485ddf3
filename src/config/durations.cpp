// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/durations.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace kashim::config {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
};

// From large to small: the order in which they may follow each other.
constexpr std::array<Unit, 4> kUnits = {{{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

// So that no sum of products leaves 64 bits; far above every limit.
constexpr std::int64_t kLargestNumber = 10'000'000'000;

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

Duration faulty(Duration::Fault fault, std::string_view unit = {})
{
    Duration duration;
    duration.fault = fault;
    duration.unit = unit;
    return duration;
}

}  // namespace

Duration read_duration(std::string_view text)
{
    using Fault = Duration::Fault;
    Duration duration;
    if (text.empty())
        return faulty(Fault::not_a_time);
    auto next_unit = kUnits.begin();
    for (bool first = true; !text.empty(); first = false) {
        std::int64_t number = 0;
        if (!is_digit(text.front()))
            return faulty(Fault::not_a_time);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (text.starts_with('.'))
            return faulty(Fault::fraction);
        if (error != std::errc{} || number > kLargestNumber)
            return faulty(Fault::too_large);
        if (text.empty()) {
            if (!first)
                return faulty(Fault::no_unit);
            duration.bare = true;
            duration.milliseconds = number * 1000;
            return duration;
        }

        const std::string_view unit = text.substr(0, std::min(text.find_first_of("0123456789"), text.size()));
        const auto known = std::find_if(kUnits.begin(), kUnits.end(), [unit](Unit u) { return u.name == unit; });
        if (known == kUnits.end())
            return faulty(Fault::unknown_unit, unit);
        if (known < next_unit)
            return faulty(Fault::wrong_order);
        next_unit = known + 1;
        duration.milliseconds += number * known->milliseconds;
        duration.finest_is_ms = known->milliseconds == 1;
        text.remove_prefix(unit.size());
    }
    return duration;
}

}  // namespace kashim::config
