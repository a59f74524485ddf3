// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/socket_text.h"

#include "cli/cells.h"
#include "cli/origin_text.h"
#include "platform/describe.h"

#include <fmt/format.h>

#include <array>

namespace kashim::cli {
namespace {

using policy::Option;

template <typename Append>
std::string text_of(Append append)
{
    std::array<char, 512> memory;
    platform::Text text(memory);
    append(text);
    return std::string(text.view());
}

template <typename Each>
std::string joined(policy::OptionSet which, Each each)
{
    std::string all;
    for (const Option option : platform::kOptionsInOrder) {
        if (which.has(option))
            all += (all.empty() ? "" : ", ") + each(option);
    }
    return all;
}

}  // namespace

std::string to_text(const policy::Endpoint& endpoint)
{
    return text_of([&](platform::Text& text) { text << endpoint; });
}

Json endpoint_json(const policy::Endpoint& endpoint)
{
    const std::string address = to_text({endpoint.address, 0});  // "192.0.2.1:0", "[2001:db8::1]:0"
    const bool brackets = address.starts_with('[');
    return {{"address", brackets ? address.substr(1, address.rfind(']') - 1) : address.substr(0, address.rfind(':'))},
            {"port", endpoint.port}};
}

std::string process_text(std::string_view name, pid_t pid)
{
    return fmt::format("{}[{}]", harmless(name), pid);
}

std::string connection_text(int fd, const live::Subject& subject)
{
    const std::string peer = subject.peer ? to_text(*subject.peer) : "";
    if (subject.direction == policy::Direction::outbound)
        return fmt::format("fd {} to {}", fd, peer);
    return fmt::format("fd {}{}{} on port {}", fd, peer.empty() ? "" : " from ", peer, subject.local.port);
}

std::string rule_text(const Effective& effective, policy::Table::RuleNumber rule)
{
    const policy::Table& table = **effective.table;
    std::string text = harmless(text_of([&](platform::Text& line) { platform::append_rule(line, table, rule); }));
    const bool leaves = table.rule(rule).settings.keepalive == policy::Keepalive::leave;
    return leaves ? text : text.append(overlay_text(effective));
}

Json rule_json(const Effective& effective, policy::Table::RuleNumber number)
{
    const policy::Table& table = **effective.table;
    const policy::Table::RuleRecord& rule = table.rule(number);
    const bool is_defaults = number == table.rules.count - 1;
    Json json;
    if (is_defaults)
        json["name"] = rule.line != 0 ? "[defaults]" : "built-in defaults";
    else if (const std::string_view name = table.text(rule.name); !name.empty())
        json["name"] = name;
    if (rule.line != 0)
        json["line"] = rule.line;
    return json;
}

std::string value_text(const policy::Values& values, Option option)
{
    return text_of([&](platform::Text& text) { platform::append_value(text, values, option); });
}

std::string values_text(const policy::Values& values, policy::OptionSet which)
{
    const std::string text = text_of([&](platform::Text& line) { platform::append_values(line, values, which); });
    return text.empty() ? text : text.substr(1);
}

std::string changes_text(const policy::Values& from, const policy::Values& to, policy::OptionSet known,
                         policy::OptionSet which)
{
    return joined(which, [&](Option option) {
        return fmt::format("{} {} -> {}", platform::name_of(option), known.has(option) ? value_text(from, option) : "?",
                           value_text(to, option));
    });
}

std::string names_text(policy::OptionSet which)
{
    return joined(which, [](Option option) { return std::string(platform::name_of(option)); });
}

Json names_json(policy::OptionSet which)
{
    Json names = Json::array();
    for (const Option option : platform::kOptionsInOrder) {
        if (which.has(option))
            names.push_back(platform::name_of(option));
    }
    return names;
}

Json values_json(const policy::Values& values, policy::OptionSet which)
{
    Json json = Json::object();
    if (which.has(Option::keepalive))
        json["keepalive"] = values.keepalive;
    if (which.has(Option::idle))
        json["idle"] = values.idle.count();
    if (which.has(Option::interval))
        json["interval"] = values.interval.count();
    if (which.has(Option::count))
        json["count"] = values.count;
    if (which.has(Option::user_timeout))
        json["user_timeout_ms"] = values.user_timeout.count();
    return json;
}

std::string errno_text(int error)
{
    return text_of([&](platform::Text& text) { platform::append_error(text, error); });
}

std::string refusal_text(const live::Refusal& refusal)
{
    return refusal.remedy.empty() ? refusal.sentence : fmt::format("{}; {}", refusal.sentence, refusal.remedy);
}

Json refusal_json(const live::Refusal& refusal)
{
    Json json{{"reason", refusal.sentence}};
    if (!refusal.remedy.empty())
        json["remedy"] = refusal.remedy;
    return json;
}

std::string counted(std::size_t count, std::string_view noun)
{
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : noun.ends_with('s') ? "es" : "s");
}

}  // namespace kashim::cli
