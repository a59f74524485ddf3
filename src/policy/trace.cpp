// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/trace.h"

#include <algorithm>

namespace kashim::policy {
namespace {

template <typename Block, typename Item>
bool holds(const std::vector<Block>& blocks, const Item& item)
{
    return blocks.empty() || std::ranges::any_of(blocks, [&](const Block& block) { return block.contains(item); });
}

}  // namespace

Trace trace(const Rule& rule, const Program& program, const Asked& asked)
{
    Trace trace;
    const auto demand = [&trace](bool holds, Matcher matcher) {
        if (!holds)
            trace.failing.push_back(matcher);
    };
    demand(programs_match(rule.selector, program), Matcher::program);
    demand(commands_match(rule.selector, program), Matcher::command);
    demand(includes(rule.direction, asked.direction), Matcher::direction);
    demand(holds(rule.ports, asked.port), Matcher::port);
    if (asked.peer)
        demand(holds(rule.peers, *asked.peer), Matcher::peer);
    else
        trace.awaits_peer = !rule.peers.empty();
    return trace;
}

}  // namespace kashim::policy
