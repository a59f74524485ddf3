// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/values.h"

#include "config/durations.h"
#include "config/suggest.h"
#include "config/words.h"
#include "policy/budget.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kashim::config {
namespace {

using policy::App;
using policy::Keepalive;
using policy::Seconds;
using policy::UserTimeout;
using Kind = Value::Kind;

std::string seen(const Value& value)
{
    switch (value.kind) {
    case Kind::boolean:
        return value.boolean ? "true" : "false";
    case Kind::integer:
        return std::to_string(value.integer);
    case Kind::string:
        return in_quotes(value.text);
    case Kind::list:
        return "a list";
    case Kind::table:
        return "a table";
    case Kind::other:
        break;
    }
    return printable(value.text);
}

// What a text or a bare number says about a time; nothing where the value is neither, or a negative number.
std::optional<Duration> duration_in(const Value& value)
{
    if (value.kind == Kind::string)
        return read_duration(value.text);
    if (value.kind != Kind::integer || value.integer < 0)
        return std::nullopt;
    Duration duration;
    duration.bare = true;
    constexpr std::int64_t kBeyondEveryLimit = 1'000'000'000'000;
    duration.milliseconds = std::min(value.integer, kBeyondEveryLimit) * 1000;
    return duration;
}

std::string hint_for(const Duration& duration, std::string_view units)
{
    switch (duration.fault) {
    case Duration::Fault::unknown_unit:
        return join({in_quotes(duration.unit), " is no unit, ", units, " are"});
    case Duration::Fault::no_unit:
        return "the last number has no unit";
    case Duration::Fault::wrong_order:
        return "units go from large to small, each once";
    case Duration::Fault::fraction:
        return "no fractions, take a smaller unit";
    case Duration::Fault::none:
    case Duration::Fault::not_a_time:
    case Duration::Fault::too_large:
        break;
    }
    return {};
}

// Reads one value or says why not.
class Reader {
public:
    Reader(const Row& row, const Value& value, Findings& findings) : row_(row), value_(value), findings_(findings) {}

    std::optional<Keepalive> keepalive() const
    {
        if (value_.kind == Kind::boolean)
            return value_.boolean ? Keepalive::on : Keepalive::off;
        if (value_.kind == Kind::string && value_.text == "leave")
            return Keepalive::leave;
        constexpr std::array<std::string_view, 4> kOn = {"true", "on", "yes", "1"};
        constexpr std::array<std::string_view, 4> kOff = {"false", "off", "no", "0"};
        const std::string text =
            value_.kind == Kind::integer ? std::to_string(value_.integer) : std::string(value_.text);
        if (std::find(kOn.begin(), kOn.end(), text) != kOn.end())
            return refuse("write true, without quotes");
        if (std::find(kOff.begin(), kOff.end(), text) != kOff.end())
            return refuse("write false, without quotes");
        constexpr std::array<std::string_view, 1> kWords = {"leave"};
        return refuse(near(kWords));
    }

    std::optional<std::int64_t> whole_seconds(std::int64_t least, std::int64_t most) const
    {
        const auto duration = duration_in(value_);
        if (!duration)
            return refuse(value_.text.find('.') != std::string_view::npos ? "whole seconds only" : "");
        if (duration->fault == Duration::Fault::fraction || duration->finest_is_ms)
            return refuse("whole seconds only");
        if (duration->fault != Duration::Fault::none)
            return refuse(hint_for(*duration, "h, m and s"));
        const std::int64_t seconds = duration->milliseconds / 1000;
        if (seconds < least || seconds > most)
            return refuse();
        return seconds;
    }

    std::optional<Seconds> seconds() const
    {
        const auto found = whole_seconds(policy::kSmallestTime.count(), policy::kLargestTime.count());
        if (!found)
            return std::nullopt;
        return Seconds(static_cast<std::uint16_t>(*found));
    }

    std::optional<std::uint8_t> count() const
    {
        const bool fits = value_.kind == Kind::integer && value_.integer >= policy::kSmallestCount &&
                          value_.integer <= policy::kLargestCount;
        if (fits)
            return static_cast<std::uint8_t>(value_.integer);
        const bool digits = value_.kind == Kind::string && !value_.text.empty() &&
                            value_.text.find_first_not_of("0123456789") == std::string_view::npos;
        return refuse(digits ? "write it without quotes" : "");
    }

    std::optional<UserTimeout> user_timeout() const
    {
        if (value_.kind == Kind::string && value_.text == "off")
            return UserTimeout{};
        if (value_.kind == Kind::string && value_.text == "auto")
            return UserTimeout{UserTimeout::Kind::automatic, {}};
        if (value_.kind == Kind::boolean)
            return refuse(value_.boolean ? "" : "write \"off\"");
        const auto duration = duration_in(value_);
        if (!duration)
            return refuse();
        if (duration->fault == Duration::Fault::not_a_time) {
            constexpr std::array<std::string_view, 2> kWords = {"off", "auto"};
            return refuse(near(kWords));
        }
        if (duration->fault != Duration::Fault::none)
            return refuse(hint_for(*duration, "h, m, s and ms"));
        if (duration->milliseconds == 0)
            return refuse("write \"off\" for no limit");
        if (duration->bare) {
            const std::string number = std::to_string(duration->milliseconds / 1000);
            return refuse(join({"give the unit, \"", number, "s\" or \"", number, "ms\""}));
        }
        if (duration->milliseconds > policy::kLargestUserTimeout.count())
            return refuse();
        return UserTimeout{UserTimeout::Kind::fixed,
                           policy::Milliseconds(static_cast<std::uint32_t>(duration->milliseconds))};
    }

    std::optional<App> app() const
    {
        constexpr std::array<std::string_view, 3> kWords = {"respect", "cap", "override"};
        constexpr std::array<App, 3> kApps = {App::respect, App::cap, App::override};
        for (std::size_t i = 0; i < kWords.size(); ++i) {
            if (value_.kind == Kind::string && value_.text == kWords[i])
                return kApps[i];
        }
        return refuse(near(kWords));
    }

private:
    std::nullopt_t refuse(std::string_view hint = {}) const
    {
        findings_.error(value_.place, {refusal(row_, value_, hint)});
        return std::nullopt;
    }

    std::string near(std::span<const std::string_view> words) const
    {
        const auto word = value_.kind == Kind::string ? nearest(value_.text, words) : std::nullopt;
        return word ? join({"did you mean ", in_quotes(*word), "?"}) : "";
    }

    const Row& row_;
    const Value& value_;
    Findings& findings_;
};

template <typename T>
void keep(const Entry& entry, std::optional<T> value, std::optional<Placed<T>>& where, bool& faulty)
{
    if (value)
        where = Placed<T>{*value, entry.place, entry.value.place};
    else
        faulty = true;
}

// "idle 60 s and count 5"
std::string given_text(const TableValues& values)
{
    std::string text;
    const auto append = [&text](std::string_view name, std::string_view value) {
        text = join({text, text.empty() ? "" : " and ", name, value});
    };
    if (values.idle)
        append("idle ", seconds_text(values.idle->value.count()));
    if (values.interval)
        append("interval ", seconds_text(values.interval->value.count()));
    if (values.count)
        append("count ", std::to_string(values.count->value));
    return text;
}

void settle_budget(TableValues& values, Findings& findings)
{
    const Placed<std::int64_t> budget = *values.dead_after;
    const bool all = values.idle && values.interval && values.count;
    policy::GivenTimes given;
    if (values.idle)
        given.idle = values.idle->value;
    if (values.interval)
        given.interval = values.interval->value;
    if (values.count)
        given.count = values.count->value;

    const policy::Budget split = policy::split_budget(budget.value, given);
    if (split.times) {
        // What is given beside the budget is kept, and keeps its place.
        if (!values.idle)
            values.idle = Placed<Seconds>{split.times->idle, budget.key, budget.place};
        if (!values.interval)
            values.interval = Placed<Seconds>{split.times->interval, budget.key, budget.place};
        if (!values.count)
            values.count = Placed<std::uint8_t>{split.times->count, budget.key, budget.place};
        return;
    }
    values.faulty = true;
    const std::string wanted = seconds_text(budget.value);
    const std::string nearest = seconds_text(split.nearest_s);
    if (all)
        return findings.error(budget.place, {"dead_after ", wanted, " is not idle + interval x count, which is ",
                                             nearest, " here; leave one of the four out"});
    const std::string given_values = given_text(values);
    const bool possible = split.nearest_s > 0;
    findings.error(budget.place, {"dead_after ", wanted, " cannot be met", given_values.empty() ? "" : " with ",
                                  given_values, possible ? "; the nearest that can is " : "", possible ? nearest : ""});
}

template <typename T>
std::optional<T> bare(const std::optional<Placed<T>>& placed)
{
    if (!placed)
        return std::nullopt;
    return placed->value;
}

}  // namespace

std::string refusal(const Row& row, const Value& value, std::string_view hint)
{
    return join({row.name, " must be ", row.expected, ", not ", seen(value), hint.empty() ? "" : "; ", hint});
}

Place TableValues::first_beside_keepalive() const
{
    Place first;
    const auto consider = [&first](Key key, const auto& value) {
        if (key != Key::keepalive && value && (first.line == 0 || value->key < first))
            first = value->key;
    };
    each_setting(consider);
    consider(Key::dead_after, dead_after);
    return first;
}

void read_value(const Row& row, const Entry& entry, TableValues& values, Findings& findings)
{
    const Reader reader(row, entry.value, findings);
    switch (row.key) {
    case Key::keepalive:
        return keep(entry, reader.keepalive(), values.keepalive, values.faulty);
    case Key::idle:
        return keep(entry, reader.seconds(), values.idle, values.faulty);
    case Key::interval:
        return keep(entry, reader.seconds(), values.interval, values.faulty);
    case Key::count:
        return keep(entry, reader.count(), values.count, values.faulty);
    case Key::user_timeout:
        return keep(entry, reader.user_timeout(), values.user_timeout, values.faulty);
    case Key::app:
        return keep(entry, reader.app(), values.app, values.faulty);
    case Key::dead_after: {
        constexpr std::int64_t kLargest =
            policy::dead_after(policy::kLargestTime, policy::kLargestTime, policy::kLargestCount).count();
        return keep(entry, reader.whole_seconds(2, kLargest), values.dead_after, values.faulty);
    }
    case Key::name:
    case Key::program:
    case Key::command:
    case Key::direction:
    case Key::port:
    case Key::peer:
        break;  // no values: see matchers.h
    }
}

void settle(TableValues& values, Findings& findings)
{
    if (values.keepalive && values.keepalive->value == Keepalive::leave) {
        const auto refuse = [&](Key key, const auto& value) {
            if (!value || key == Key::keepalive)
                return;
            values.faulty = true;
            findings.error(value->key, {row(key).name, " cannot stand beside keepalive = \"leave\", which touches "
                                                       "nothing; remove one of them"});
        };
        values.each_setting(refuse);
        refuse(Key::dead_after, values.dead_after);
        return;
    }
    if (values.dead_after && !values.faulty)
        settle_budget(values, findings);
}

policy::Settings over(const TableValues& values, const policy::Settings& inherited)
{
    if (values.keepalive && values.keepalive->value == Keepalive::leave) {
        policy::Settings leave;
        leave.keepalive = Keepalive::leave;
        return leave;
    }
    // Nothing else can stand beside an inherited "leave", so below it lie the built-in values.
    const bool ends_leave = values.keepalive && inherited.keepalive == Keepalive::leave;
    return to_overlay(values).over(ends_leave ? policy::Settings{} : inherited);
}

ValueOrigins origins_over(const TableValues& values, ValueOrigin::Source table, const ValueOrigins& inherited)
{
    const bool leaves = values.keepalive && values.keepalive->value == Keepalive::leave;
    ValueOrigins origins = leaves ? ValueOrigins{} : inherited;
    values.each_setting([&](Key key, const auto& value) {
        if (!value)
            return;
        const bool from_budget = values.dead_after && value->place == values.dead_after->place;
        origins[key] = {table, from_budget, value->place};
    });
    return origins;
}

policy::Overlay to_overlay(const TableValues& values)
{
    return {bare(values.keepalive), bare(values.app),   bare(values.idle),
            bare(values.interval),  bare(values.count), bare(values.user_timeout)};
}

}  // namespace kashim::config
