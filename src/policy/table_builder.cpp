// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/table_builder.h"

#include "policy/who_wins.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <map>
#include <span>
#include <string_view>
#include <utility>

namespace kashim::policy {
namespace {

// The arrays of the block, as they grow.
struct Parts {
    std::vector<Settings> settings;
    std::vector<std::uint32_t> rules;
    std::vector<Table::Label> labels;
    std::vector<Table::Group> groups;
    std::vector<std::uint32_t> patterns;
    std::vector<Table::Node> nodes;
    std::vector<Table::Peers> peers;
    std::vector<Table::Segment4> ipv4;
    std::vector<Table::Segment6> ipv6;
    std::vector<Table::Begin4> marks4;
    std::vector<Table::Begin6> marks6;
    std::vector<char> texts;

    std::uint32_t text(std::string_view text)
    {
        const auto [known, added] = known_texts.try_emplace(text, static_cast<std::uint32_t>(texts.size()));
        if (added) {
            texts.insert(texts.end(), text.begin(), text.end());
            texts.push_back('\0');
        }
        return known->second;
    }

    // Most rules share their settings with others.
    std::uint32_t number_of(const Settings& wanted)
    {
        const auto [known, added] = known_settings.try_emplace(wanted, static_cast<std::uint32_t>(settings.size()));
        if (added)
            settings.push_back(wanted);
        return known->second;
    }

    std::map<std::string_view, std::uint32_t> known_texts;  // the views belong to the rule set
    std::map<Settings, std::uint32_t> known_settings;
};

// The block from its arrays; nothing where it would be too large.
class Writer {
public:
    std::optional<OwnedTable> write(const Parts& parts)
    {
        Table head;
        place(parts.settings, head.settings);
        place(parts.rules, head.rules);
        place(parts.labels, head.labels);
        place(parts.groups, head.groups);
        place(parts.patterns, head.patterns);
        place(parts.nodes, head.nodes);
        place(parts.peers, head.peers);
        place(parts.ipv4, head.ipv4);
        place(parts.ipv6, head.ipv6);
        place(parts.marks4, head.marks4);
        place(parts.marks6, head.marks6);
        place(parts.texts, head.texts);
        align(sizeof(std::uint64_t));
        if (size_ > 0xffffffff)
            return std::nullopt;
        head.size = static_cast<std::uint32_t>(size_);

        std::vector<std::uint64_t> words(size_ / sizeof(std::uint64_t));
        start_ = reinterpret_cast<std::byte*>(words.data());
        std::memcpy(start_, &head, sizeof head);
        copy(parts.settings, head.settings);
        clear_padding(head.settings);
        copy(parts.rules, head.rules);
        copy(parts.labels, head.labels);
        copy(parts.groups, head.groups);
        copy(parts.patterns, head.patterns);
        copy(parts.nodes, head.nodes);
        copy(parts.peers, head.peers);
        copy(parts.ipv4, head.ipv4);
        copy(parts.ipv6, head.ipv6);
        copy(parts.marks4, head.marks4);
        copy(parts.marks6, head.marks6);
        copy(parts.texts, head.texts);
        return OwnedTable(std::move(words));
    }

private:
    void align(std::size_t to) { size_ = (size_ + to - 1) / to * to; }

    template <typename Item>
    void place(const std::vector<Item>& items, Table::Array<Item>& array)
    {
        align(alignof(Item));
        array = {static_cast<std::uint32_t>(size_), static_cast<std::uint32_t>(items.size())};
        size_ += items.size() * sizeof(Item);
    }

    template <typename Item>
    void copy(const std::vector<Item>& items, Table::Array<Item> array)
    {
        if (!items.empty())
            std::memcpy(start_ + array.offset, items.data(), items.size() * sizeof(Item));
    }

    // The bytes between members are what the compiler left there. The same rules shall come to the same block, and what
    // was in memory before is nobody's business.
    void clear_padding(Table::Array<Settings> array)
    {
        constexpr std::size_t kCountEnd = offsetof(Settings, count) + sizeof(Settings::count);
        constexpr std::size_t kKind = offsetof(Settings, user_timeout) + offsetof(UserTimeout, kind);
        constexpr std::size_t kLimit = offsetof(Settings, user_timeout) + offsetof(UserTimeout, limit);
        for (std::uint32_t i = 0; i < array.count; ++i) {
            std::byte* const item = start_ + array.offset + i * sizeof(Settings);
            std::fill(item + kCountEnd, item + offsetof(Settings, idle), std::byte{0});
            std::fill(item + kKind + sizeof(UserTimeout::kind), item + kLimit, std::byte{0});
        }
    }

    std::size_t size_ = sizeof(Table);
    std::byte* start_ = nullptr;
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

    // Adds the tree and gives its root.
    std::uint32_t write(Parts& parts, Scratch& scratch) const
    {
        // Breadth first, so that the children of a node stand side by side. Each carries the first rule without peers
        // on its way from the root: what comes after that one cannot win further down.
        struct Step {
            std::uint32_t branch;
            Table::RuleNumber any_peer;
        };
        const auto root = static_cast<std::uint32_t>(parts.nodes.size());
        std::vector<Step> order{{0, Table::kNone}};
        for (std::size_t i = 0; i < order.size(); ++i) {
            const Branch& branch = branches_[order[i].branch];
            const Table::RuleNumber any_peer = std::min(order[i].any_peer, branch.any_peer);
            Table::Node node;
            node.any_peer = any_peer;
            const auto next_child = root + static_cast<std::uint32_t>(order.size());
            for (std::uint32_t nibble = 0; nibble < 16; ++nibble) {
                if (branch.children[nibble] == 0)
                    continue;
                node.child_mask = static_cast<std::uint16_t>(node.child_mask | 1u << nibble);
                order.push_back({branch.children[nibble], any_peer});
                node.children = next_child;
            }
            Table::Peers peers;
            peers.ipv4 = cut(branch.claims, any_peer, Address::Family::ipv4, scratch, parts.ipv4);
            peers.ipv6 = cut(branch.claims, any_peer, Address::Family::ipv6, scratch, parts.ipv6);
            if (peers.ipv4.count != 0 || peers.ipv6.count != 0) {
                mark(parts.ipv4, peers.ipv4, parts.marks4);
                mark(parts.ipv6, peers.ipv6, parts.marks6);
                node.peers = static_cast<std::uint32_t>(parts.peers.size());
                parts.peers.push_back(peers);
            }
            parts.nodes.push_back(node);
        }
        return root;
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
        return {{first.high, first.low}, rule, 0};
    }

    // Cuts the address space at every border of a claim and gives each piece to the first rule that claims it. Rules
    // after the one that takes any peer cannot win and are dropped.
    template <typename Segment>
    static Table::Range cut(const std::vector<Claim>& claims, Table::RuleNumber any_peer, Address::Family family,
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
        const std::size_t before = segments.size();
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
        return {static_cast<std::uint32_t>(before), static_cast<std::uint32_t>(segments.size() - before)};
    }

    template <typename Segment, typename Begin>
    static void mark(const std::vector<Segment>& segments, Table::Range list, std::vector<Begin>& marks)
    {
        if (list.count <= Table::kStride)
            return;
        marks.resize(Table::marks_at(list.first) + Table::marks_of(list.count));
        // From the segments up, which is from the end to the front.
        std::size_t end = marks.size();
        std::size_t stride = 1;
        for (std::uint32_t count = list.count; count > Table::kStride;) {
            count = Table::marked(count);
            stride *= Table::kStride;
            end -= count;
            for (std::uint32_t i = 0; i < count; ++i)
                marks[end + i] = segments[list.first + i * stride].first;
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

    Table::Group write(Parts& parts, Scratch& scratch, const Selector& selector)
    {
        const auto patterns = [&parts](const std::vector<std::string>& texts) {
            const Table::Range range{static_cast<std::uint32_t>(parts.patterns.size()),
                                     static_cast<std::uint32_t>(texts.size())};
            for (const std::string& text : texts)
                parts.patterns.push_back(parts.text(text));
            return range;
        };
        group_.programs = patterns(selector.programs);
        group_.commands = patterns(selector.commands);
        group_.outbound_is_uniform = uniform_ ? 1 : 0;
        group_.outbound = outbound_.write(parts, scratch);
        group_.inbound = inbound_.write(parts, scratch);
        return group_;
    }

private:
    Table::Group group_;
    Settings sample_;
    bool uniform_ = true;
    TreeBuilder outbound_;
    TreeBuilder inbound_;
};

void add_rules(const RuleSet& rules, Labels labels, Parts& parts)
{
    const auto add = [&](const Settings& settings, std::string_view name, std::uint32_t line) {
        parts.rules.push_back(parts.number_of(settings));
        if (labels == Labels::yes)
            parts.labels.push_back({parts.text(name), line});
    };
    parts.rules.reserve(rules.rules.size() + 1);
    for (const Rule& rule : rules.rules)
        add(rule.settings, rule.name, rule.line);
    add(rules.defaults, "", rules.defaults_line);
    parts.text("");  // there is a last text, and it is empty where there are no labels
}

}  // namespace

std::size_t cost(const Rule& rule)
{
    std::size_t sum = 0;
    for (const PortRange& range : rule.ports)
        sum += pieces({0, 65535}, range);
    return std::max<std::size_t>(1, sum) * std::max<std::size_t>(1, rule.peers.size());
}

std::optional<OwnedTable> build_table(const RuleSet& rules, Labels labels)
{
    std::map<Selector, GroupBuilder> groups;
    for (std::size_t i = 0; i < rules.rules.size(); ++i) {
        const Rule& rule = rules.rules[i];
        if (!groups[rule.selector].add(rule, static_cast<Table::RuleNumber>(i)))
            return std::nullopt;
    }

    Parts parts;
    Scratch scratch;
    for (auto& [selector, group] : groups)
        parts.groups.push_back(group.write(parts, scratch, selector));
    std::sort(parts.groups.begin(), parts.groups.end(),
              [](const Table::Group& a, const Table::Group& b) { return a.first_rule < b.first_rule; });
    add_rules(rules, labels, parts);
    parts.nodes.resize(parts.nodes.size() + Table::kMostChildren);
    return Writer().write(parts);
}

}  // namespace kashim::policy
