// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "shim/report.h"

#include "platform/text.h"
#include "shim/runtime.h"

#include <array>
#include <cerrno>

namespace kashim::shim {
namespace {

using policy::Option;
using policy::OptionSet;
using policy::Values;

struct Name {
    Option option;
    std::string_view text;
};

constexpr std::array kNames = {
    Name{Option::keepalive, "keepalive"},       Name{Option::idle, "idle"},
    Name{Option::interval, "interval"},         Name{Option::count, "count"},
    Name{Option::user_timeout, "user_timeout"},
};

void append_value(platform::Text& line, const Values& values, Option option)
{
    switch (option) {
    case Option::keepalive:
        line << (values.keepalive ? "on" : "off");
        break;
    case Option::idle:
        line << std::int64_t{values.idle.count()} << "s";
        break;
    case Option::interval:
        line << std::int64_t{values.interval.count()} << "s";
        break;
    case Option::count:
        line << std::int64_t{values.count};
        break;
    case Option::user_timeout:
        if (values.user_timeout.count() == 0)
            line << "off";
        else
            line << std::int64_t{values.user_timeout.count()} << "ms";
        break;
    }
}

void append_values(platform::Text& line, std::string_view verb, const Values& values, OptionSet which)
{
    if (which.empty())
        return;
    line << verb;
    for (const Name& name : kNames) {
        if (!which.has(name.option))
            continue;
        line << " " << name.text << "=";
        append_value(line, values, name.option);
    }
}

void append_connection(platform::Text& line, const Connection& connection)
{
    line << "fd " << std::int64_t{connection.fd};
    if (connection.direction == policy::Direction::outbound) {
        line << " to " << *connection.peer;
        return;
    }
    if (connection.peer)
        line << " from " << *connection.peer;
    line << " on port " << std::int64_t{connection.local_port};
}

void append_rule(platform::Text& line, const policy::Decision& decision)
{
    const policy::Table& table = runtime.rules()->table();
    const policy::Table::RuleRecord& rule = table.rule(decision.rule);
    const bool is_defaults = decision.rule == table.rules.count - 1;
    const std::string_view name = table.text(rule.name);
    if (is_defaults)
        line << (rule.line != 0 ? "[defaults]" : "built-in defaults");
    else
        line << "rule";
    if (!name.empty())
        line << " \"" << name << "\"";
    if (rule.line != 0)
        line << " at line " << std::int64_t{rule.line};
}

std::string_view error_name(int error)
{
    switch (error) {
    case EINVAL:
        return "EINVAL";
    case ENOPROTOOPT:
        return "ENOPROTOOPT";
    case EPERM:
        return "EPERM";
    case EOPNOTSUPP:
        return "EOPNOTSUPP";
    case EBADF:
        return "EBADF";
    default:
        return {};
    }
}

void append_refusal(platform::Text& line, const Tuning& tuning)
{
    append_values(line, "the kernel refused", tuning.after, tuning.outcome.refused);
    if (const auto name = error_name(tuning.outcome.error); !name.empty())
        line << " (" << name << ")";
    else
        line << " (errno " << std::int64_t{tuning.outcome.error} << ")";
}

}  // namespace

void report(const Connection& connection, const policy::Decision& decision, const Tuning& tuning)
{
    const bool refused = !tuning.outcome.refused.empty();
    const auto level = refused ? platform::Level::warn : platform::Level::debug;
    if (!runtime.log.says(level))
        return;
    std::array<char, 384> memory;
    platform::Text line(memory);
    append_connection(line, connection);
    line << ", ";
    append_rule(line, decision);
    line << ": ";

    if (decision.settings.keepalive == policy::Keepalive::leave) {
        line << "left alone (keepalive = \"leave\")";
    } else {
        const OptionSet kept = tuning.programs - policy::differing(tuning.before, tuning.after);
        const OptionSet changed = tuning.programs - kept;
        std::string_view separator;
        const auto part = [&](std::string_view verb, const Values& values, OptionSet which, std::string_view why) {
            if (which.empty())
                return;
            line << separator;
            append_values(line, verb, values, which);
            line << why;
            separator = "; ";
        };
        part("set", tuning.after, OptionSet::all() - kept - tuning.outcome.refused, "");
        part("the program had", tuning.before, changed, "");
        part("left", tuning.after, kept, " (the program's)");
        if (refused) {
            line << separator;
            append_refusal(line, tuning);
        }
    }
    runtime.log.write(level, line.view());
}

}  // namespace kashim::shim
