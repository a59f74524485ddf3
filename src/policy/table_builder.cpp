// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/table_builder.h"

#include "policy/who_wins.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <set>
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

struct Claim {
    Network peers;
    Table::RuleNumber rule;
};

struct Branch {
    Table::RuleNumber any_peer = Table::kNone;
    std::array<std::uint32_t, 16> children{};  // 0: none, the root is nobody's child
    std::vector<Claim> claims;
};

class TreeBuilder {
public:
    TreeBuilder() : branches_(1) {}

    // False where the rule has too many pairs of ports and peers.
    bool add(const Rule& rule, Table::RuleNumber number)
    {
        pairs_ = 0;
        if (rule.ports.empty())
            return claim(0, rule, number);
        return std::all_of(rule.ports.begin(), rule.ports.end(), [&](const PortRange& range) {
            return descend(0, {0, 65535}, range, rule, number);
        });
    }

    std::uint32_t write(Writer& writer) const
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
            node.ipv4 = writer.list(segments<Table::Segment4>(branch.claims, any_peer, Address::Family::ipv4));
            node.ipv6 = writer.list(segments<Table::Segment6>(branch.claims, any_peer, Address::Family::ipv6));
            nodes.push_back(node);
        }
        return writer.list(nodes).offset;
    }

private:
    bool descend(std::uint32_t at, PortRange whole, PortRange wanted, const Rule& rule, Table::RuleNumber number)
    {
        if (wanted.first <= whole.first && whole.last <= wanted.last)
            return claim(at, rule, number);
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
            if (!descend(branches_[at].children[nibble], part, wanted, rule, number))
                return false;
        }
        return true;
    }

    bool claim(std::uint32_t at, const Rule& rule, Table::RuleNumber number)
    {
        Branch& branch = branches_[at];
        if (rule.peers.empty())
            branch.any_peer = std::min(branch.any_peer, number);
        for (const Network& peers : rule.peers)
            branch.claims.push_back({peers, number});
        pairs_ += std::max<std::size_t>(1, rule.peers.size());
        return pairs_ <= kLargestCross;
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
    static std::vector<Segment> segments(const std::vector<Claim>& claims, Table::RuleNumber any_peer,
                                         Address::Family family)
    {
        struct Border {
            Address at;
            bool opens;
            Table::RuleNumber rule;
        };
        std::vector<Border> borders;
        for (const Claim& claim : claims) {
            if (claim.peers.first.family != family || claim.rule >= any_peer)
                continue;
            borders.push_back({claim.peers.first, true, claim.rule});
            if (const std::optional<Address> after = next(claim.peers.last))
                borders.push_back({*after, false, claim.rule});
        }
        std::sort(borders.begin(), borders.end(), [](const Border& a, const Border& b) { return a.at < b.at; });

        std::vector<Segment> segments;
        std::multiset<Table::RuleNumber> open;
        Table::RuleNumber current = Table::kNone;
        for (std::size_t i = 0; i < borders.size(); ++i) {
            if (borders[i].opens)
                open.insert(borders[i].rule);
            else
                open.erase(open.find(borders[i].rule));
            if (i + 1 < borders.size() && borders[i + 1].at == borders[i].at)
                continue;
            const Table::RuleNumber first = open.empty() ? Table::kNone : *open.begin();
            if (first != current)
                segments.push_back(segment(borders[i].at, current = first, Segment{}));
        }
        return segments;
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
    std::size_t pairs_ = 0;
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

class GroupBuilder {
public:
    bool add(const Rule& rule, Table::RuleNumber number)
    {
        group_.first_rule = std::min(group_.first_rule, number);
        if (rule.unconditional())
            group_.first_unconditional = std::min(group_.first_unconditional, number);
        if (rule.settings.keepalive == Keepalive::leave)
            group_.first_leave = std::min(group_.first_leave, number);
        if (follow_program(rule.settings))
            group_.app_or_auto = 1;

        Rule canonical;
        canonical.ports = merged(rule.ports);
        canonical.peers = rule.peers;
        if (includes(rule.direction, Direction::outbound)) {
            if (group_.first_outbound == Table::kNone) {
                group_.first_outbound = number;
                sample_ = rule.settings;
            }
            uniform_ = uniform_ && rule.settings == sample_;
            if (!outbound_.add(canonical, number))
                return false;
        }
        return !includes(rule.direction, Direction::inbound) || inbound_.add(canonical, number);
    }

    Table::Group write(Writer& writer, const Selector& selector)
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
        group_.outbound = outbound_.write(writer);
        group_.inbound = inbound_.write(writer);
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

    std::vector<Table::Group> written;
    for (auto& [selector, group] : groups)
        written.push_back(group.write(writer, selector));
    std::sort(written.begin(), written.end(),
              [](const Table::Group& a, const Table::Group& b) { return a.first_rule < b.first_rule; });

    Table head;
    head.rules = writer.list(records);
    head.groups = writer.list(written);
    return writer.finish(head);
}

}  // namespace kashim::policy
