// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/table_check.h"

#include "policy/table.h"

namespace kashim::policy {
namespace {

bool is_in_range(const Settings& settings)
{
    const auto within = [](Seconds time) { return kSmallestTime <= time && time <= kLargestTime; };
    const UserTimeout& limit = settings.user_timeout;
    return settings.keepalive <= Keepalive::leave && settings.app <= App::override && within(settings.idle) &&
           within(settings.interval) && kSmallestCount <= settings.count && settings.count <= kLargestCount &&
           limit.kind <= UserTimeout::Kind::fixed && limit.limit <= kLargestUserTimeout;
}

class Checker {
public:
    explicit Checker(const Table& table) : table_(table) {}

    // Each array is walked once, and only for what could lead out of the block: the rules that nodes and segments name
    // are the bulk of a table, and Policy takes any number that is too large for [defaults].
    bool run() const
    {
        const Table& t = table_;
        return arrays() && t.rules.count != 0 && t.texts.count != 0 && t.at(t.texts, t.texts.count - 1) == '\0' &&
               (t.labels.count == 0 || t.labels.count == t.rules.count) &&
               all(t.settings, [](const Settings& settings) { return is_in_range(settings); }) &&
               all(t.rules, [&t](std::uint32_t number) { return number < t.settings.count; }) &&
               all(t.labels, [&t](const Table::Label& label) { return label.name < t.texts.count; }) &&
               all(t.patterns, [&t](std::uint32_t place) { return place < t.texts.count; }) &&
               all(t.groups, [this](const Table::Group& group) { return is_sound(group); }) &&
               t.nodes.count >= Table::kMostChildren &&
               all(t.nodes,
                   [&t](const Table::Node& node) {
                       return node.children <= t.nodes.count - Table::kMostChildren && node.peers + 1 <= t.peers.count;
                   }) &&
               all(t.peers, [&t](const Table::Peers& peers) {
                   return within(peers.ipv4, t.ipv4) && within(peers.ipv6, t.ipv6) && has_marks(peers.ipv4, t.marks4) &&
                          has_marks(peers.ipv6, t.marks6);
               });
    }

private:
    bool arrays() const
    {
        const Table& t = table_;
        return in_block(t.settings) && in_block(t.rules) && in_block(t.labels) && in_block(t.groups) &&
               in_block(t.patterns) && in_block(t.nodes) && in_block(t.peers) && in_block(t.ipv4) && in_block(t.ipv6) &&
               in_block(t.marks4) && in_block(t.marks6) && in_block(t.texts);
    }

    template <typename Item>
    bool in_block(Table::Array<Item> array) const
    {
        return array.offset % alignof(Item) == 0 &&
               array.offset + std::uint64_t{array.count} * sizeof(Item) <= table_.size;
    }

    template <typename Item, typename Test>
    bool all(Table::Array<Item> array, Test test) const
    {
        const Item* const items = table_.items(array);
        bool good = true;
        for (std::uint32_t i = 0; i < array.count; ++i)
            good &= test(items[i]);
        return good;
    }

    template <typename Item>
    static bool within(Table::Range range, Table::Array<Item> array)
    {
        return std::uint64_t{range.first} + range.count <= array.count;
    }

    template <typename Begin>
    static bool has_marks(Table::Range list, Table::Array<Begin> marks)
    {
        return list.count <= Table::kStride ||
               within({Table::marks_at(list.first), Table::marks_of(list.count)}, marks);
    }

    // kNone, the largest number, becomes 0.
    bool is_rule(Table::RuleNumber number) const { return number + 1 <= table_.rules.count; }

    bool is_sound(const Table::Group& group) const
    {
        return is_rule(group.first_rule) && is_rule(group.first_unconditional) && is_rule(group.first_leave) &&
               is_rule(group.first_other_than_leave) && is_rule(group.first_outbound) &&
               within(group.programs, table_.patterns) && within(group.commands, table_.patterns) &&
               group.outbound < table_.nodes.count && group.inbound < table_.nodes.count;
    }

    const Table& table_;
};

}  // namespace

bool is_sound(std::span<const std::byte> block)
{
    if (block.size() < sizeof(Table))
        return false;
    const auto& table = *reinterpret_cast<const Table*>(block.data());
    return table.size == block.size() && Checker(table).run();
}

}  // namespace kashim::policy
