// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "shim/report.h"

#include "platform/describe.h"
#include "shim/runtime.h"

#include <array>

namespace kashim::shim {
namespace {

using policy::Option;
using policy::OptionSet;
using policy::Values;

void append_values(platform::Text& line, std::string_view verb, const Values& values, OptionSet which)
{
    if (which.empty())
        return;
    line << verb;
    platform::append_values(line, values, which);
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
    platform::append_rule(line, runtime.rules()->table(), decision.rule);
    if (runtime.rules()->has_overlay() && decision.settings.keepalive != policy::Keepalive::leave)
        line << " with KASHIM_OPTIONS";
}

void append_refusal(platform::Text& line, const Tuning& tuning)
{
    append_values(line, "the kernel refused", tuning.plan.after, tuning.outcome.refused);
    line << " (";
    platform::append_error(line, tuning.outcome.error);
    line << ")";
}

// A line under way: who and which rule first, then its parts.
class Line {
public:
    Line(const Connection& connection, const policy::Decision& decision, const Tuning& tuning)
        : tuning_(tuning), text_(memory_)
    {
        append_connection(text_, connection);
        text_ << ", ";
        append_rule(text_, decision);
        text_ << ":";
    }

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
        runtime.log.write(level_of(tuning_), text_.view());
    }

private:
    const Tuning& tuning_;
    std::array<char, 384> memory_{};
    platform::Text text_;
    std::string_view separator_ = " ";
};

}  // namespace

void report(const Connection& connection, const policy::Decision& decision, const Tuning& tuning)
{
    Line line(connection, decision, tuning);
    if (decision.settings.keepalive == policy::Keepalive::leave)
        return line.say("left alone (keepalive = \"leave\")");
    const OptionSet kept = tuning.plan.programs - policy::differing(tuning.before, tuning.plan.after);
    line.part("set", tuning.plan.after, tuning.looked_at - kept - tuning.outcome.refused);
    line.part("the program had", tuning.before, tuning.plan.programs - kept);
    line.part("left", tuning.plan.after, kept, " (the program's)");
    line.say();
}

void report_change(const Connection& connection, const policy::Decision& decision, Option option, const Tuning& tuning)
{
    Line line(connection, decision, tuning);
    const OptionSet changed = policy::differing(tuning.before, tuning.plan.after);
    line.part("the program set", tuning.before, option);
    line.part("set", tuning.plan.after, changed - tuning.outcome.refused);
    line.say(changed.empty() ? "left" : "");
}

}  // namespace kashim::shim
