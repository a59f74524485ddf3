// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/table_builder.h"

#include "policy/who_wins.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <span>
#include <string_view>
#include <utility>

namespace kashim::policy {
namespace {

// Grows the block. Lists are written whole: their items may hold offsets of what was written before them.
class Writer {
public:
    template <typename Item>
    Table::List list(const std::vector<Item>& items)
    {
        align(alignof(Item));
        const Table::List written{offset(), static_cast<std::uint32_t>(items.size())};
        append(items.data(), items.size() * sizeof(Item));
        return written;
    }

    std::uint32_t text(std::string_view text)
    {
        const auto [known, added] = texts_.try_emplace(text, offset());
        if (added) {
            append(text.data(), text.size());
            append("", 1);
        }
        return known->second;
    }

    void reserve_head() { bytes_.resize(sizeof(Table)); }

    std::optional<OwnedTable> finish(Table head)
    {
        align(alignof(std::uint64_t));
        if (bytes_.size() > 0xffffffff)
            return std::nullopt;
        head.size = offset();
        std::memcpy(bytes_.data(), &head, sizeof head);
        std::vector<std::uint64_t> words(bytes_.size() / sizeof(std::uint64_t));
        std::memcpy(words.data(), bytes_.data(), bytes_.size());
        return OwnedTable(std::move(words));
    }

private:
    std::uint32_t offset() const { return static_cast<std::uint32_t>(bytes_.size()); }
    void align(std::size_t to) { bytes_.resize((bytes_.size() + to - 1) / to * to); }
    void append(const void* data, std::size_t size)
    {
        const auto* bytes = static_cast<const std::byte*>(data);
        bytes_.insert(bytes_.end(), bytes, bytes + size);
    }

    std::vector<std::byte> bytes_;
    std::map<std::string_view, std::uint32_t> texts_;  // the views belong to the rule set
};

// The peers belong to the rule set: a range of ports may come to a hundred pieces of the tree, and a copy for each would
// fill the library's arena.
struct Claim {
    std::span<const Network> peers;
    Table::RuleNumber rule;
};

// What cutting the addresses of one node needs and the next one can use again: an arena takes nothing back.
struct Scratch {
    struct Border {
        Address at;
        const Network* opens;  // null where one ends
        Table::RuleNumber rule;
    };
    struct Open {
        Table::RuleNumber rule;
        const Network* peers;

        friend bool operator<(const Open& a, const Open& b) { return a.rule > b.rule; }  // the first rule on top
    };

    std::vector<Border> borders;
    std::vector<Open> open;  // a heap
    std::vector<Table::Segment4> ipv4;
    std::vector<Table::Segment6> ipv6;
};

struct Branch {
    Table::RuleNumber any_peer = Table::kNone;
    std::array<std::uint32_t, 16> children{};  // 0: none, the root is nobody's child
    std::vector<Claim> claims;
};

class TreeBuilder {
public:
    TreeBuilder() : branches_(1) {}

    void add(std::span<const PortRange> ports, const Claim& rule)
    {
        if (ports.empty())
            return claim(0, rule);
        for (const PortRange& range : ports)
            descend(0, {0, 65535}, range, rule);
    }

    std::uint32_t write(Writer& writer, Scratch& scratch) const
    {
        // Breadth first, so that the children of a node stand side by side. Each carries the first rule without peers
        // on its way from the root: what comes after that one cannot win further down.
        struct Step {
            std::uint32_t branch;
            Table::RuleNumber any_peer;
        };
        std::vector<Step> order{{0, Table::kNone}};
        std::vector<Table::Node> nodes;
        for (std::size_t i = 0; i < order.size(); ++i) {
            const Branch& branch = branches_[order[i].branch];
            const Table::RuleNumber any_peer = std::min(order[i].any_peer, branch.any_peer);
            Table::Node node{any_peer, static_cast<std::uint32_t>(order.size()), 0, {}, {}};
            for (std::uint32_t nibble = 0; nibble < 16; ++nibble) {
                if (branch.children[nibble] == 0)
                    continue;
                node.child_mask |= std::uint32_t{1} << nibble;
                order.push_back({branch.children[nibble], any_peer});
            }
            cut(branch.claims, any_peer, Address::Family::ipv4, scratch, scratch.ipv4);
            node.ipv4 = writer.list(scratch.ipv4);
            cut(branch.claims, any_peer, Address::Family::ipv6, scratch, scratch.ipv6);
            node.ipv6 = writer.list(scratch.ipv6);
            nodes.push_back(node);
        }
        return writer.list(nodes).offset;
    }

private:
    void descend(std::uint32_t at, PortRange whole, PortRange wanted, const Claim& rule)
    {
        if (wanted.first <= whole.first && whole.last <= wanted.last)
            return claim(at, rule);
        const std::uint32_t step = (std::uint32_t{whole.last} - whole.first + 1) / 16;
        for (std::uint32_t nibble = 0; nibble < 16; ++nibble) {
            const auto first = static_cast<std::uint16_t>(whole.first + nibble * step);
            const PortRange part{first, static_cast<std::uint16_t>(first + step - 1)};
            if (part.last < wanted.first || wanted.last < part.first)
                continue;
            if (branches_[at].children[nibble] == 0) {
                branches_[at].children[nibble] = static_cast<std::uint32_t>(branches_.size());
                branches_.emplace_back();
            }
            descend(branches_[at].children[nibble], part, wanted, rule);
        }
    }

    void claim(std::uint32_t at, const Claim& rule)
    {
        Branch& branch = branches_[at];
        if (rule.peers.empty())
            branch.any_peer = std::min(branch.any_peer, rule.rule);
        else
            branch.claims.push_back(rule);
    }

    static Table::Segment4 segment(const Address& first, Table::RuleNumber rule, Table::Segment4)
    {
        return {static_cast<std::uint32_t>(first.low), rule};
    }
    static Table::Segment6 segment(const Address& first, Table::RuleNumber rule, Table::Segment6)
    {
        return {first.high, first.low, rule, 0};
    }

    // Cuts the address space at every border of a claim and gives each piece to the first rule that claims it. Rules
    // after the one that takes any peer cannot win and are dropped.
    template <typename Segment>
    static void cut(const std::vector<Claim>& claims, Table::RuleNumber any_peer, Address::Family family,
                    Scratch& scratch, std::vector<Segment>& segments)
    {
        std::vector<Scratch::Border>& borders = scratch.borders;
        borders.clear();
        for (const Claim& claim : claims) {
            for (const Network& peers : claim.peers) {
                if (peers.first.family != family || claim.rule >= any_peer)
                    continue;
                borders.push_back({peers.first, &peers, claim.rule});
                if (const std::optional<Address> after = next(peers.last))
                    borders.push_back({*after, nullptr, claim.rule});
            }
        }
        std::sort(borders.begin(), borders.end(),
                  [](const Scratch::Border& a, const Scratch::Border& b) { return a.at < b.at; });

        std::vector<Scratch::Open>& open = scratch.open;
        open.clear();
        segments.clear();
        Table::RuleNumber current = Table::kNone;
        for (std::size_t i = 0; i < borders.size(); ++i) {
            const Address& at = borders[i].at;
            if (borders[i].opens != nullptr) {
                open.push_back({borders[i].rule, borders[i].opens});
                std::push_heap(open.begin(), open.end());
            }
            if (i + 1 < borders.size() && borders[i + 1].at == at)
                continue;
            // What has ended matters only once it is on top.
            while (!open.empty() && open.front().peers->last < at) {
                std::pop_heap(open.begin(), open.end());
                open.pop_back();
            }
            const Table::RuleNumber first = open.empty() ? Table::kNone : open.front().rule;
            if (first != current)
                segments.push_back(segment(at, current = first, Segment{}));
        }
    }

    // The address behind this one; none behind the last.
    static std::optional<Address> next(Address address)
    {
        const bool ipv4 = address.family == Address::Family::ipv4;
        ++address.low;
        if (ipv4 ? address.low > 0xffffffff : address.low == 0 && ++address.high == 0)
            return std::nullopt;
        return address;
    }

    std::vector<Branch> branches_;
};

// Ranges that touch or overlap become one: fewer pieces of the tree.
std::vector<PortRange> merged(std::vector<PortRange> ranges)
{
    std::sort(ranges.begin(), ranges.end(), [](PortRange a, PortRange b) { return a.first < b.first; });
    std::vector<PortRange> result;
    for (const PortRange& range : ranges) {
        if (!result.empty() && range.first <= std::uint32_t{result.back().last} + 1)
            result.back().last = std::max(result.back().last, range.last);
        else
            result.push_back(range);
    }
    return result;
}

// The pieces of the tree below this node that a range comes to, as TreeBuilder::descend() makes them.
std::size_t pieces(PortRange whole, PortRange wanted)
{
    if (wanted.last < whole.first || whole.last < wanted.first)
        return 0;
    if (wanted.first <= whole.first && whole.last <= wanted.last)
        return 1;
    const std::uint32_t step = (std::uint32_t{whole.last} - whole.first + 1) / 16;
    std::size_t sum = 0;
    for (std::uint32_t nibble = 0; nibble < 16; ++nibble) {
        const auto first = static_cast<std::uint16_t>(whole.first + nibble * step);
        sum += pieces({first, static_cast<std::uint16_t>(first + step - 1)}, wanted);
    }
    return sum;
}

class GroupBuilder {
public:
    // False where the rule has too many pairs of ports and peers.
    bool add(const Rule& rule, Table::RuleNumber number)
    {
        if (std::max<std::size_t>(1, rule.ports.size()) * std::max<std::size_t>(1, rule.peers.size()) > kLargestCross)
            return false;
        group_.first_rule = std::min(group_.first_rule, number);
        if (rule.unconditional())
            group_.first_unconditional = std::min(group_.first_unconditional, number);
        auto& first_of_kind =
            rule.settings.keepalive == Keepalive::leave ? group_.first_leave : group_.first_other_than_leave;
        first_of_kind = std::min(first_of_kind, number);
        if (follow_program(rule.settings))
            group_.app_or_auto = 1;

        const std::vector<PortRange> ports = merged(rule.ports);
        const Claim claim{rule.peers, number};
        if (includes(rule.direction, Direction::outbound)) {
            if (group_.first_outbound == Table::kNone) {
                group_.first_outbound = number;
                sample_ = rule.settings;
            }
            uniform_ = uniform_ && rule.settings == sample_;
            outbound_.add(ports, claim);
        }
        if (includes(rule.direction, Direction::inbound))
            inbound_.add(ports, claim);
        return true;
    }

    Table::Group write(Writer& writer, Scratch& scratch, const Selector& selector)
    {
        const auto patterns = [&writer](const std::vector<std::string>& texts) {
            std::vector<std::uint32_t> offsets;
            for (const std::string& text : texts)
                offsets.push_back(writer.text(text));
            return writer.list(offsets);
        };
        group_.programs = patterns(selector.programs);
        group_.commands = patterns(selector.commands);
        group_.outbound_is_uniform = uniform_ ? 1 : 0;
        group_.outbound = outbound_.write(writer, scratch);
        group_.inbound = inbound_.write(writer, scratch);
        return group_;
    }

private:
    Table::Group group_;
    Settings sample_;
    bool uniform_ = true;
    TreeBuilder outbound_;
    TreeBuilder inbound_;
};

}  // namespace

std::size_t cost(const Rule& rule)
{
    std::size_t sum = 0;
    for (const PortRange& range : rule.ports)
        sum += pieces({0, 65535}, range);
    return std::max<std::size_t>(1, sum) * std::max<std::size_t>(1, rule.peers.size());
}

std::optional<OwnedTable> build_table(const RuleSet& rules)
{
    std::map<Selector, GroupBuilder> groups;
    for (std::size_t i = 0; i < rules.rules.size(); ++i) {
        const Rule& rule = rules.rules[i];
        if (!groups[rule.selector].add(rule, static_cast<Table::RuleNumber>(i)))
            return std::nullopt;
    }

    Writer writer;
    writer.reserve_head();
    std::vector<Table::RuleRecord> records;
    for (const Rule& rule : rules.rules)
        records.push_back({rule.settings, writer.text(rule.name), rule.line});
    records.push_back({rules.defaults, writer.text(""), rules.defaults_line});

    Scratch scratch;
    std::vector<Table::Group> written;
    for (auto& [selector, group] : groups)
        written.push_back(group.write(writer, scratch, selector));
    std::sort(written.begin(), written.end(),
              [](const Table::Group& a, const Table::Group& b) { return a.first_rule < b.first_rule; });

    Table head;
    head.rules = writer.list(records);
    head.groups = writer.list(written);
    return writer.finish(head);
}

}  // namespace kashim::policy
