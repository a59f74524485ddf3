// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "text/socket.h"

#include "platform/describe.h"
#include "text/cells.h"
#include "text/origin.h"

#include <fmt/format.h>

#include <array>

namespace kashim::text {
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
    for (const Option option : policy::kOptions) {
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

std::string process_text(std::string_view name, pid_t pid)
{
    return fmt::format("{}[{}]", harmless(name), pid);
}

std::string connection_text(int fd, const sockets::Subject& subject)
{
    const std::string peer = subject.peer ? to_text(*subject.peer) : "";
    if (subject.direction == policy::Direction::outbound)
        return fmt::format("fd {} to {}", fd, peer);
    return fmt::format("fd {}{}{} on port {}", fd, peer.empty() ? "" : " from ", peer, subject.local.port);
}

std::string rule_text(const loaded::Effective& effective, policy::Table::RuleNumber rule)
{
    const policy::Table& table = **effective.table;
    std::string text = harmless(text_of([&](platform::Text& line) { platform::append_rule(line, table, rule); }));
    const bool leaves = table.rule(rule).settings.keepalive == policy::Keepalive::leave;
    return leaves ? text : text.append(overlay_text(effective));
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

std::string errno_text(int error)
{
    return text_of([&](platform::Text& text) { platform::append_error(text, error); });
}

std::string refusal_text(const sockets::Refusal& refusal)
{
    return refusal.remedy.empty() ? refusal.sentence : fmt::format("{}; {}", refusal.sentence, refusal.remedy);
}

std::string counted(std::size_t count, std::string_view noun)
{
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : noun.ends_with('s') ? "es" : "s");
}

}  // namespace kashim::text
