// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "text/rule.h"

#include "platform/describe.h"

#include <fmt/format.h>

#include <array>
#include <bit>

namespace kashim::text {
namespace {

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

std::vector<MatcherText> matcher_texts(const policy::Rule& rule)
{
    std::vector<std::string> direction;
    if (rule.direction != policy::Direction::both)
        direction.emplace_back(rule.direction == policy::Direction::outbound ? "outbound" : "inbound");
    std::vector<MatcherText> all;
    const auto add = [&all](std::string_view key, std::vector<std::string> items) {
        if (!items.empty())
            all.push_back({key, std::move(items)});
    };
    add("program", rule.selector.programs);
    add("command", rule.selector.commands);
    add("direction", direction);
    add("port", texts(rule.ports, port_text));
    add("peer", texts(rule.peers, peer_text));
    return all;
}

}  // namespace kashim::text
