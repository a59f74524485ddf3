// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/describe.h"

#include <cerrno>

namespace kashim::platform {
namespace {

using policy::Option;

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

}  // namespace

std::string_view name_of(Option option)
{
    switch (option) {
    case Option::keepalive:
        return "keepalive";
    case Option::idle:
        return "idle";
    case Option::interval:
        return "interval";
    case Option::count:
        return "count";
    case Option::user_timeout:
        break;
    }
    return "user_timeout";
}

void append_value(Text& line, const policy::Values& values, Option option)
{
    const std::int64_t number = policy::number_of(values, option);
    if (option == Option::keepalive)
        line << (number != 0 ? "on" : "off");
    else if (option == Option::user_timeout && number == 0)
        line << "off";
    else
        line << number << (option == Option::count ? "" : option == Option::user_timeout ? "ms" : "s");
}

void append_values(Text& line, const policy::Values& values, policy::OptionSet which)
{
    for (const Option option : policy::kOptions) {
        if (!which.has(option))
            continue;
        line << " " << name_of(option) << "=";
        append_value(line, values, option);
    }
}

void append_rule(Text& line, const policy::Table& table, policy::Table::RuleNumber number)
{
    const policy::Table::RuleRecord& rule = table.rule(number);
    const bool is_defaults = number == table.rules.count - 1;
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

void append_error(Text& line, int error)
{
    if (const std::string_view name = error_name(error); !name.empty())
        line << name;
    else
        line << "errno " << std::int64_t{error};
}

}  // namespace kashim::platform
