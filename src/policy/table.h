// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/endpoint.h"
#include "policy/program.h"
#include "policy/rule.h"

#include <cstddef>
#include <cstdint>

namespace kashim::policy {

/// A compiled rule set: one block of memory without pointers, so that it can be copied, or written to a file and read
/// again. build_table() makes it; nothing changes it. It begins with this head, aligned to 8; its arrays follow. What did
/// not come from build_table() in this process is looked at by is_sound() first: nothing below checks a number.
///
/// Rules with the same programs and commands form a group; a process looks only into the groups that match it. A group
/// has one tree a direction: a radix-16 segment tree over the ports. A port's way from the root to its leaf (at most
/// five nodes) meets every rule whose ports hold it; each node knows its first rule without peers, and the addresses
/// cut into segments with the first rule of each. So a lookup costs a handful of binary searches, however many rules.
struct Table {
    /// A rule's number is its place in the file, from 0; the last one is [defaults].
    using RuleNumber = std::uint32_t;
    static constexpr RuleNumber kNone = 0xffffffff;

    /// An array in the block: the offset of its first item in bytes, from the start of the head.
    template <typename Item>
    struct Array {
        std::uint32_t offset = 0;
        std::uint32_t count = 0;
    };

    /// Items of one of the arrays.
    struct Range {
        std::uint32_t first = 0;
        std::uint32_t count = 0;
    };

    /// What messages say of a rule.
    struct Label {
        std::uint32_t name = 0;  ///< place in texts; empty where the rule has no name
        std::uint32_t line = 0;
    };

    using Begin4 = std::uint32_t;

    struct Begin6 {
        std::uint64_t high = 0;
        std::uint64_t low = 0;
    };

    struct Segment4 {
        Begin4 first = 0;  ///< the segment ends where the next one begins
        RuleNumber rule = kNone;
    };

    struct Segment6 {
        Begin6 first;
        RuleNumber rule = kNone;
        std::uint32_t padding = 0;
    };

    /// A long list of segments has marks, so that few cache lines are touched on the way to one: where every sixteenth
    /// segment begins, in front of these every sixteenth of them, and so on until sixteen are enough.
    static constexpr std::uint32_t kStride = 16;
    static constexpr std::uint32_t marked(std::uint32_t count)
    {
        return count / kStride + (count % kStride != 0 ? 1 : 0);
    }
    static constexpr std::uint32_t marks_of(std::uint32_t segments)
    {
        std::uint32_t sum = 0;
        for (std::uint32_t count = segments; count > kStride; sum += count)
            count = marked(count);
        return sum;
    }

    /// Where the marks of the list with this first segment are: a list has less than an eighth as many, so that those of
    /// two do not meet.
    static constexpr std::uint32_t marks_at(std::uint32_t first) { return first / 8 + (first % 8 != 0 ? 1 : 0); }

    struct Peers {
        Range ipv4;  ///< of ipv4, sorted
        Range ipv6;  ///< of ipv6, sorted
    };

    struct Node {
        RuleNumber any_peer = kNone;   ///< the first rule without peers, from the root down to here
        std::uint32_t children = 0;    ///< the first child; 0 where there is none
        std::uint16_t child_mask = 0;  ///< bit n: there is a child for the nibble n
        std::uint16_t padding = 0;
        std::uint32_t peers = kNone;  ///< kNone where no rule of this node has any
    };

    static constexpr std::uint32_t kMostChildren = 16;

    struct Group {
        Range programs;  ///< of patterns
        Range commands;
        std::uint32_t outbound = 0;  ///< the root
        std::uint32_t inbound = 0;
        RuleNumber first_rule = kNone;
        RuleNumber first_unconditional = kNone;
        RuleNumber first_leave = kNone;
        RuleNumber first_other_than_leave = kNone;
        RuleNumber first_outbound = kNone;
        std::uint8_t outbound_is_uniform = 0;  ///< every rule that concerns outbound connections has the same settings
        std::uint8_t app_or_auto = 0;          ///< some rule has cap, override or "auto"
        std::uint16_t padding = 0;
    };

    // What a look-up needs comes first: it is one cache line.
    std::uint32_t size = 0;  ///< of the whole block
    Array<Group> groups;     ///< sorted by first_rule
    Array<Node> nodes;       ///< of all trees; children stand side by side; kMostChildren empty ones at the end
    Array<Peers> peers;
    Array<Segment4> ipv4;
    Array<Begin4> marks4;
    Array<std::uint32_t> rules;  ///< number of the settings of each rule, [defaults] last
    Array<Settings> settings;    ///< each once
    std::uint32_t padding = 0;
    Array<Segment6> ipv6;
    Array<Begin6> marks6;
    Array<Label> labels;            ///< of each rule, [defaults] last; or none at all
    Array<std::uint32_t> patterns;  ///< places in texts
    Array<char> texts;              ///< a zero byte behind each, and at the end

    struct Match {
        RuleNumber rule = kNone;
        bool depends_on_peer = false;  ///< only told where no peer was given: another rule may win once it is known
    };

    /// The first rule of the group that matches; peer may be null where it is not known yet: then rules with peers
    /// do not match. The number is kNone where none does; only for a table from build_table() it is a rule's otherwise.
    Match match(const Group& group, Direction direction, std::uint16_t port, const Address* peer) const;

    bool matches(const Group& group, const Program& program) const;

    /// Whether some rule asks for the program, and whether for its arguments: then matches() needs to know them.
    bool asks_for_program() const;
    bool asks_for_command() const;

    const Settings& settings_of(RuleNumber number) const { return at(settings, at(rules, number)); }

    struct RuleRecord {
        Settings settings;
        std::uint32_t name = 0;  ///< see text()
        std::uint32_t line = 0;
    };

    /// Where the table has no labels the name is empty and the line 0.
    RuleRecord rule(RuleNumber number) const
    {
        const Label label = labels.count != 0 ? at(labels, number) : Label{texts.count - 1, 0};
        return {settings_of(number), label.name, label.line};
    }
    RuleRecord defaults() const { return rule(rules.count - 1); }
    const Group& group(std::uint32_t number) const { return at(groups, number); }
    const char* text(std::uint32_t place) const { return &at(texts, place); }

    template <typename Item>
    const Item& at(Array<Item> array, std::uint32_t number) const
    {
        return items(array)[number];
    }

    /// Also of an empty array.
    template <typename Item>
    const Item* items(Array<Item> array) const
    {
        return reinterpret_cast<const Item*>(reinterpret_cast<const char*>(this) + array.offset);
    }

private:
    RuleNumber match(const Peers& found, const Address& peer) const;
};

}  // namespace kashim::policy
