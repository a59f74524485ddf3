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

Table::Match Table::match(const Group& group, Direction direction, std::uint16_t port, const Address* peer) const
{
    const auto* nodes = at<Node>({direction == Direction::outbound ? group.outbound : group.inbound, 0});
    Match best;
    RuleNumber with_peer = kNone;
    std::uint32_t number = 0;
    for (int shift = 12;; shift -= 4) {
        const Node& node = nodes[number];
        best.rule = std::min(best.rule, node.any_peer);
        if (peer == nullptr) {
            best.depends_on_peer = best.depends_on_peer || node.ipv4.count != 0 || node.ipv6.count != 0;
        } else if (peer->family == Address::Family::ipv4) {
            const auto address = static_cast<std::uint32_t>(peer->low);
            const auto before = [address](const Segment4& s) { return s.first <= address; };
            with_peer = std::min(with_peer, find(at<Segment4>(node.ipv4), node.ipv4.count, before));
        } else {
            const auto before = [peer](const Segment6& s) {
                return s.high != peer->high ? s.high < peer->high : s.low <= peer->low;
            };
            with_peer = std::min(with_peer, find(at<Segment6>(node.ipv6), node.ipv6.count, before));
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
    const auto any = [&](List patterns, auto test) {
        const auto* offsets = at<std::uint32_t>(patterns);
        return patterns.count == 0 || std::any_of(offsets, offsets + patterns.count,
                                                  [&](std::uint32_t offset) { return test(text(offset), program); });
    };
    return any(group.programs, matches_program) && any(group.commands, matches_command);
}

}  // namespace kashim::policy
