// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "text/rule.h"

#include "config/schema.h"
#include "platform/describe.h"

#include <fmt/format.h>

#include <array>
#include <bit>

namespace kashim::text {
namespace {

using policy::Matcher;

std::string port_text(const policy::PortRange& range)
{
    return range.first == range.last ? fmt::format("{}", range.first) : fmt::format("{}-{}", range.first, range.last);
}

// A network is a block: its first and its last address differ in the bits behind the prefix, in all of them.
unsigned prefix_bits(const policy::Network& network)
{
    const auto free =
        std::popcount(network.first.high ^ network.last.high) + std::popcount(network.first.low ^ network.last.low);
    return (network.first.family == policy::Address::Family::ipv4 ? 32u : 128u) - static_cast<unsigned>(free);
}

std::string peer_text(const policy::Network& network)
{
    std::array<char, 64> memory;
    platform::Text address(memory);
    address << network.first;
    if (network.first == network.last)
        return std::string(address.view());
    return fmt::format("{}/{}", address.view(), prefix_bits(network));
}

template <typename Item>
std::vector<std::string> texts(const std::vector<Item>& items, std::string to_text(const Item&))
{
    std::vector<std::string> result;
    for (const Item& item : items)
        result.push_back(to_text(item));
    return result;
}

}  // namespace

std::string rule_text(const policy::Table& table, policy::Table::RuleNumber number)
{
    constexpr std::size_t kWithoutName = 64;
    const std::string_view name = table.text(table.rule(number).name);
    std::vector<char> memory(name.size() + kWithoutName);
    platform::Text text(memory);
    platform::append_rule(text, table, number);
    return std::string(text.view());
}

std::string_view name_of(Matcher matcher)
{
    switch (matcher) {
    case Matcher::program:
        return config::row(config::Key::program).name;
    case Matcher::command:
        return config::row(config::Key::command).name;
    case Matcher::direction:
        return config::row(config::Key::direction).name;
    case Matcher::port:
        return config::row(config::Key::port).name;
    case Matcher::peer:
        break;
    }
    return config::row(config::Key::peer).name;
}

std::vector<MatcherText> matcher_texts(const policy::Rule& rule)
{
    std::vector<std::string> direction;
    if (rule.direction != policy::Direction::both)
        direction.emplace_back(rule.direction == policy::Direction::outbound ? "outbound" : "inbound");
    std::vector<MatcherText> all;
    const auto add = [&all](Matcher matcher, std::vector<std::string> items) {
        if (!items.empty())
            all.push_back({matcher, std::move(items)});
    };
    add(Matcher::program, rule.selector.programs);
    add(Matcher::command, rule.selector.commands);
    add(Matcher::direction, direction);
    add(Matcher::port, texts(rule.ports, port_text));
    add(Matcher::peer, texts(rule.peers, peer_text));
    return all;
}

}  // namespace kashim::text
