// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/policy.h"

#include "policy/who_wins.h"

#include <algorithm>

namespace kashim::policy {

Policy::Policy(const Table& table, const Program& program, const Overlay& overlay, std::span<std::uint32_t> storage)
    : table_(&table), overlay_(overlay), has_overlay_(!overlay.empty())
{
    std::size_t count = 0;
    for (std::uint32_t i = 0; i < table.groups.count; ++i) {
        if (table.matches(table.group(i), program))
            storage[count++] = i;
    }
    groups_ = storage.first(count);

    // An overlay may add cap, override or "auto" to any rule, or take them away; asking the rules is only a saving.
    follows_program_ =
        has_overlay_ || follow_program(table.settings_of(table.rules.count - 1)) ||
        std::any_of(groups_.begin(), groups_.end(), [&](std::uint32_t i) { return table.group(i).app_or_auto != 0; });
    find_base();
    base_decides_outbound_ =
        base_ && !follow_program(base_->settings) && every_outbound_rule_is(table.settings_of(base_->rule));
}

Decision Policy::decide(const Asked& asked) const
{
    return decide(asked.direction, asked.port, asked.peer ? &*asked.peer : nullptr);
}

Decision Policy::outbound(const Endpoint& peer) const
{
    return decide(Direction::outbound, peer.port, &peer.address);
}

Decision Policy::inbound(std::uint16_t local_port, const Address* peer) const
{
    return decide(Direction::inbound, local_port, peer);
}

Decision Policy::decide(Direction direction, std::uint16_t port, const Address* peer) const
{
    Table::Match best;
    for (const std::uint32_t number : groups_) {
        const Table::Group& group = table_->group(number);
        if (group.first_rule >= best.rule)  // groups are sorted: no later one can win either
            break;
        const Table::Match match = table_->match(group, direction, port, peer);
        best.rule = std::min(best.rule, match.rule);
        best.depends_on_peer = best.depends_on_peer || match.depends_on_peer;
    }
    // kNone is the largest number: [defaults].
    Decision found = decision(std::min(best.rule, table_->rules.count - 1));
    found.depends_on_peer = best.depends_on_peer;
    return found;
}

Decision Policy::decision(Table::RuleNumber number) const
{
    const Settings& settings = table_->settings_of(number);
    return {has_overlay_ ? overlay_.over(settings) : settings, number, false};
}

void Policy::find_base()
{
    Table::RuleNumber first = table_->rules.count - 1;
    Table::RuleNumber leave = Table::kNone;
    Table::RuleNumber other_than_leave = Table::kNone;
    for (const std::uint32_t number : groups_) {
        const Table::Group& group = table_->group(number);
        first = std::min(first, group.first_unconditional);
        leave = std::min(leave, group.first_leave);
        other_than_leave = std::min(other_than_leave, group.first_other_than_leave);
    }
    const Decision found = decision(first);
    const bool leaves = found.settings.keepalive == Keepalive::leave;
    if (leave > first && !leaves)
        base_ = found;
    // An overlay that says leave makes every rule say so.
    leaves_everything_ = leaves && (other_than_leave > first || overlay_.keepalive == Keepalive::leave);
}

// Rules behind the base are looked at too, though they can never win: telling them apart is not worth the code.
bool Policy::every_outbound_rule_is(const Settings& settings) const
{
    return std::all_of(groups_.begin(), groups_.end(), [&](std::uint32_t number) {
        const Table::Group& group = table_->group(number);
        return group.first_outbound == Table::kNone ||
               (group.outbound_is_uniform != 0 && table_->settings_of(group.first_outbound) == settings);
    });
}

}  // namespace kashim::policy
