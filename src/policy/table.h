// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/endpoint.h"
#include "policy/program.h"
#include "policy/rule.h"

#include <cstddef>
#include <cstdint>

namespace kashim::policy {

/// A compiled rule set: one block of memory without pointers, so that it can be copied, mapped or written anywhere.
/// build_table() makes it; nothing changes it. All offsets count bytes from its start, which must be aligned to 8.
///
/// Rules with the same programs and commands form a group; a process looks only into the groups that match it. A group
/// has one tree a direction: a radix-16 segment tree over the ports. A port's way from the root to its leaf (at most
/// five nodes) meets every rule whose ports hold it; each node knows its first rule without peers, and the addresses
/// cut into segments with the first rule of each. So a lookup costs a handful of binary searches, however many rules.
struct Table {
    /// A rule's number is its place in the file, from 0; the last record is [defaults].
    using RuleNumber = std::uint32_t;
    static constexpr RuleNumber kNone = 0xffffffff;

    struct List {
        std::uint32_t offset = 0;
        std::uint32_t count = 0;
    };

    struct RuleRecord {
        Settings settings;
        std::uint32_t name = 0;  ///< offset of NUL-terminated text; empty where the rule has no name
        std::uint32_t line = 0;
    };

    struct Segment4 {
        std::uint32_t first = 0;  ///< the segment ends where the next one begins
        RuleNumber rule = kNone;
    };

    struct Segment6 {
        std::uint64_t high = 0;
        std::uint64_t low = 0;
        RuleNumber rule = kNone;
        std::uint32_t padding = 0;
    };

    struct Node {
        RuleNumber any_peer = kNone;   ///< the first rule without peers, from the root down to here
        std::uint32_t children = 0;    ///< number of the first child, in the same tree
        std::uint32_t child_mask = 0;  ///< bit n: there is a child for the nibble n
        List ipv4;                     ///< Segment4, sorted
        List ipv6;                     ///< Segment6, sorted
    };

    struct Group {
        List programs;  ///< offsets of patterns
        List commands;
        std::uint32_t outbound = 0;  ///< offset of the first Node: the root
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

    std::uint32_t size = 0;  ///< of the whole block
    List rules;              ///< RuleRecord, [defaults] last
    List groups;             ///< Group, sorted by first_rule
    std::uint32_t padding = 0;

    struct Match {
        RuleNumber rule = kNone;
        bool depends_on_peer = false;  ///< only told where no peer was given: another rule may win once it is known
    };

    /// The first rule of the group that matches; peer may be null where it is not known yet: then rules with peers
    /// do not match.
    Match match(const Group& group, Direction direction, std::uint16_t port, const Address* peer) const;

    bool matches(const Group& group, const Program& program) const;

    const RuleRecord& rule(RuleNumber number) const { return *at<RuleRecord>(rules, number); }
    const RuleRecord& defaults() const { return rule(rules.count - 1); }
    const Group& group(std::uint32_t number) const { return *at<Group>(groups, number); }
    const char* text(std::uint32_t offset) const { return reinterpret_cast<const char*>(this) + offset; }

    template <typename Item>
    const Item* at(List list, std::uint32_t number = 0) const
    {
        return reinterpret_cast<const Item*>(text(list.offset)) + number;
    }
};

}  // namespace kashim::policy
