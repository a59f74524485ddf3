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
    if (runtime.rules()->has_overlay() && decision.settings.keepalive != policy::Keepalive::leave)
        line << " with KASHIM_OPTIONS";
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

// A line under way: who and which rule first, then its parts.
class Line {
public:
    Line(const Connection& connection, const policy::Decision& decision, const Tuning& tuning)
        : tuning_(tuning), level_(tuning.outcome.refused.empty() ? platform::Level::debug : platform::Level::warn),
          text_(memory_)
    {
        if (!is_wanted())
            return;
        append_connection(text_, connection);
        text_ << ", ";
        append_rule(text_, decision);
        text_ << ":";
    }

    bool is_wanted() const { return runtime.log.says(level_); }

    void part(std::string_view verb, const Values& values, OptionSet which, std::string_view why = {})
    {
        if (which.empty())
            return;
        text_ << separator_;
        append_values(text_, verb, values, which);
        text_ << why;
        separator_ = "; ";
    }

    void say(std::string_view last = {})
    {
        if (!last.empty())
            text_ << separator_ << last;
        if (!tuning_.outcome.refused.empty()) {
            text_ << separator_;
            append_refusal(text_, tuning_);
        }
        runtime.log.write(level_, text_.view());
    }

private:
    const Tuning& tuning_;
    platform::Level level_;
    std::array<char, 384> memory_;
    platform::Text text_;
    std::string_view separator_ = " ";
};

}  // namespace

void report(const Connection& connection, const policy::Decision& decision, const Tuning& tuning)
{
    Line line(connection, decision, tuning);
    if (!line.is_wanted())
        return;
    if (decision.settings.keepalive == policy::Keepalive::leave)
        return line.say("left alone (keepalive = \"leave\")");
    const OptionSet kept = tuning.programs - policy::differing(tuning.before, tuning.after);
    line.part("set", tuning.after, tuning.looked_at - kept - tuning.outcome.refused);
    line.part("the program had", tuning.before, tuning.programs - kept);
    line.part("left", tuning.after, kept, " (the program's)");
    line.say();
}

void report_change(const Connection& connection, const policy::Decision& decision, Option option, const Tuning& tuning)
{
    Line line(connection, decision, tuning);
    if (!line.is_wanted())
        return;
    const OptionSet changed = policy::differing(tuning.before, tuning.after);
    line.part("the program set", tuning.before, option);
    line.part("set", tuning.after, changed - tuning.outcome.refused);
    line.say(changed.empty() ? "left" : "");
}

}  // namespace kashim::shim
