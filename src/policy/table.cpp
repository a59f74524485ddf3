// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/table.h"

#include <algorithm>
#include <bit>

namespace kashim::policy {
namespace {

// The last segment that begins at or before the address. The binary search is branch-free: which half is taken is a
// coin toss that no predictor can learn.
template <typename Segment, typename Before>
Table::RuleNumber find(const Segment* segments, std::uint32_t count, Before begins_at_or_before)
{
    if (count == 0 || !begins_at_or_before(segments[0]))
        return Table::kNone;
    const Segment* base = segments;
    while (count > 1) {
        const std::uint32_t half = count / 2;
        base = begins_at_or_before(base[half]) ? base + half : base;
        count -= half;
    }
    return base->rule;
}

}  // namespace

Table::RuleNumber Table::match(const Peers& found, const Address& peer) const
{
    if (peer.family == Address::Family::ipv4) {
        const auto address = static_cast<std::uint32_t>(peer.low);
        const auto before = [address](const Segment4& s) { return s.first <= address; };
        return find(items(ipv4) + found.ipv4.first, found.ipv4.count, before);
    }
    const auto before = [&peer](const Segment6& s) {
        return s.high != peer.high ? s.high < peer.high : s.low <= peer.low;
    };
    return find(items(ipv6) + found.ipv6.first, found.ipv6.count, before);
}

Table::Match Table::match(const Group& group, Direction direction, std::uint16_t port, const Address* peer) const
{
    Match best;
    RuleNumber with_peer = kNone;
    std::uint32_t number = direction == Direction::outbound ? group.outbound : group.inbound;
    for (int shift = 12;; shift -= 4) {
        const Node& node = at(nodes, number);
        best.rule = std::min(best.rule, node.any_peer);
        if (node.peers != kNone) {
            best.depends_on_peer = best.depends_on_peer || peer == nullptr;
            if (peer != nullptr)
                with_peer = std::min(with_peer, match(at(peers, node.peers), *peer));
        }
        if (shift < 0)
            break;
        const std::uint32_t bit = std::uint32_t{1} << (port >> shift & 15);
        if ((node.child_mask & bit) == 0)
            break;
        number = node.children + static_cast<std::uint32_t>(std::popcount(node.child_mask & (bit - 1)));
    }
    best.rule = std::min(best.rule, with_peer);
    return best;
}

bool Table::matches(const Group& group, const Program& program) const
{
    const auto any = [&](Range wanted, auto test) {
        const auto* const places = items(patterns) + wanted.first;
        return wanted.count == 0 || std::any_of(places, places + wanted.count,
                                                [&](std::uint32_t place) { return test(text(place), program); });
    };
    return any(group.programs, matches_program) && any(group.commands, matches_command);
}

bool Table::asks_for_program() const
{
    return patterns.count != 0;
}

bool Table::asks_for_command() const
{
    const auto* const all = items(groups);
    return std::any_of(all, all + groups.count, [](const Group& group) { return group.commands.count != 0; });
}

}  // namespace kashim::policy
