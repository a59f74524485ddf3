// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/table.h"

#include <algorithm>
#include <array>

namespace kashim::policy {
namespace {

struct Before {
    const Address& address;

    bool operator()(Table::Begin4 begin) const { return begin <= static_cast<std::uint32_t>(address.low); }
    bool operator()(const Table::Begin6& begin) const
    {
        return begin.high != address.high ? begin.high < address.high : begin.low <= address.low;
    }
    template <typename Segment>
    bool operator()(const Segment& segment) const
    {
        return (*this)(segment.first);
    }
};

// The last of some items, at least one, that begins at or before the address; null where none does. The binary search is
// branch-free: which half is taken is a coin toss that no predictor can learn.
template <typename Item>
const Item* last(const Item* items, std::uint32_t count, Before begins_at_or_before)
{
    if (!begins_at_or_before(items[0]))
        return nullptr;
    const Item* base = items;
    while (count > 1) {
        const std::uint32_t half = count / 2;
        base = begins_at_or_before(base[half]) ? base + half : base;
        count -= half;
    }
    return base;
}

template <typename Segment, typename Begin>
Table::RuleNumber find(const Segment* segments, std::uint32_t count, const Begin* marks, Before before)
{
    if (count == 0)
        return Table::kNone;
    std::array<std::uint32_t, 8> levels;  // their lengths, from the segments up
    std::size_t level = 0;
    for (std::uint32_t length = count; length > Table::kStride; ++level)
        levels[level] = length = Table::marked(length);
    std::uint32_t first = 0;
    while (level > 0) {
        const std::uint32_t length = levels[--level];
        const Begin* const mark = last(marks + first, std::min(Table::kStride, length - first), before);
        if (mark == nullptr)
            return Table::kNone;
        first = static_cast<std::uint32_t>(mark - marks) * Table::kStride;
        marks += length;
    }
    const Segment* const segment = last(segments + first, std::min(Table::kStride, count - first), before);
    return segment != nullptr ? segment->rule : Table::kNone;
}

// In a number of 16 bits. std::popcount is a function with a table where the processor cannot be asked to do it, which
// the compiler must not count on.
std::uint32_t ones(std::uint32_t bits)
{
    bits -= bits >> 1 & 0x5555;
    bits = (bits & 0x3333) + (bits >> 2 & 0x3333);
    bits = (bits + (bits >> 4)) & 0x0f0f;
    return (bits + (bits >> 8)) & 0x1f;
}

}  // namespace

Table::RuleNumber Table::match(const Peers& found, const Address& peer) const
{
    if (peer.family == Address::Family::ipv4)
        return find(items(ipv4) + found.ipv4.first, found.ipv4.count, items(marks4) + marks_at(found.ipv4.first),
                    {peer});
    return find(items(ipv6) + found.ipv6.first, found.ipv6.count, items(marks6) + marks_at(found.ipv6.first), {peer});
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
        number = node.children + ones(node.child_mask & (bit - 1));
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
