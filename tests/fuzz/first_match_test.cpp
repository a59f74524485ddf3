// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The compiled table against the definition: walk the rules in their order, the first one that matches decides.
#include "fuzz/random_rules.h"
#include "policy/policy.h"
#include "policy/table_builder.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace kashim::test {
namespace {

using policy::Address;
using policy::App;
using policy::Direction;
using policy::Endpoint;
using policy::Keepalive;
using policy::Network;
using policy::PortRange;
using policy::Program;
using policy::Rule;
using policy::RuleSet;
using policy::Settings;
using policy::UserTimeout;

// --- the definition ---------------------------------------------------------------------------------------------------

template <typename Item, typename Test>
bool any_or_empty(const std::vector<Item>& items, Test test)
{
    return items.empty() || std::any_of(items.begin(), items.end(), test);
}

bool matches_up_to_peer(const Rule& rule, const Program& program, Direction direction, std::uint16_t port)
{
    return matches(rule.selector, program) && includes(rule.direction, direction) &&
           any_or_empty(rule.ports, [port](const PortRange& range) { return range.contains(port); });
}

struct Expected {
    std::size_t rule;
    bool depends_on_peer;
};

/// The number of rules stands for [defaults].
Expected first_match(const RuleSet& set, const Program& program, Direction direction, std::uint16_t port,
                     const Address* peer)
{
    bool passed_a_peer_rule = false;
    for (std::size_t i = 0; i < set.rules.size(); ++i) {
        const Rule& rule = set.rules[i];
        if (!matches_up_to_peer(rule, program, direction, port))
            continue;
        if (peer == nullptr && !rule.peers.empty())
            passed_a_peer_rule = true;
        else if (any_or_empty(rule.peers, [peer](const Network& network) { return network.contains(*peer); }))
            return {i, passed_a_peer_rule};
    }
    return {set.rules.size(), passed_a_peer_rule};
}

/// The base, as behaviour.md words it; nothing where a "leave" stands in front of it or is it.
std::optional<std::size_t> first_base(const RuleSet& set, const Program& program)
{
    for (std::size_t i = 0; i < set.rules.size(); ++i) {
        if (!matches(set.rules[i].selector, program))
            continue;
        if (set.rules[i].settings.keepalive == Keepalive::leave)
            return std::nullopt;
        if (set.rules[i].unconditional())
            return i;
    }
    if (set.defaults.keepalive == Keepalive::leave)
        return std::nullopt;
    return set.rules.size();
}

// --- the comparison ---------------------------------------------------------------------------------------------------

constexpr std::uint64_t kSeed = 20261121;

TEST(FirstMatch, TheCompiledTableDecidesAsAWalkThroughTheRules)
{
    constexpr int kRuleSets = 1500, kLookups = 80;
    Random random(kSeed);
    std::size_t by_rule = 0, by_defaults = 0, dependent = 0, independent = 0;
    for (int i = 0; i < kRuleSets; ++i) {
        const RuleSet set = random_rules(random);
        const auto table = policy::build_table(set);
        ASSERT_TRUE(table) << "rule set " << i;
        const Program& program = random.of(kPrograms);
        std::vector<std::uint32_t> storage(policy::Policy::capacity(**table));
        const policy::Policy compiled(**table, program, {}, storage);
        for (int j = 0; j < kLookups; ++j) {
            const std::uint16_t port = random_port(random, set);
            const Address peer = random_peer(random, set);

            const Expected outbound = first_match(set, program, Direction::outbound, port, &peer);
            ASSERT_EQ(compiled.outbound(Endpoint{peer, port}).rule, outbound.rule)
                << "rule set " << i << " look-up " << j;

            const Expected inbound = first_match(set, program, Direction::inbound, port, &peer);
            ASSERT_EQ(compiled.inbound(port, &peer).rule, inbound.rule) << "rule set " << i << " look-up " << j;

            const Expected listener = first_match(set, program, Direction::inbound, port, nullptr);
            const policy::Decision decision = compiled.inbound(port, nullptr);
            ASSERT_EQ(decision.rule, listener.rule) << "rule set " << i << " look-up " << j;
            // It may say so where in the end no other rule can win: that costs a look-up. Never the other way round.
            ASSERT_GE(decision.depends_on_peer, listener.depends_on_peer) << "rule set " << i << " look-up " << j;

            independent += decision.depends_on_peer ? 0 : 1;
            ++(outbound.rule == set.rules.size() ? by_defaults : by_rule);
            dependent += listener.depends_on_peer ? 1 : 0;
        }
    }
    // What the generator makes must stay worth looking at.
    EXPECT_GT(by_rule, 10'000u);
    EXPECT_GT(by_defaults, 1'000u);
    EXPECT_GT(dependent, 1'000u);
    EXPECT_GT(independent, 10'000u);
}

/// cap, override and "auto": the program's later calls concern us.
bool argues(const Settings& settings)
{
    return settings.keepalive != Keepalive::leave &&
           (settings.app != App::respect || settings.user_timeout.kind == UserTimeout::Kind::automatic);
}

TEST(FirstMatch, TheShortCutsNeverChangeWhatALookUpDecides)
{
    constexpr int kRuleSets = 5000, kLookups = 20;
    Random random(kSeed + 2);
    std::size_t settled = 0, silent = 0;
    for (int i = 0; i < kRuleSets; ++i) {
        const RuleSet set = random_rules(random);
        const auto table = policy::build_table(set);
        ASSERT_TRUE(table) << "rule set " << i;
        const Program& program = random.of(kPrograms);
        std::vector<std::uint32_t> storage(policy::Policy::capacity(**table));
        const policy::Policy compiled(**table, program, {}, storage);
        settled += compiled.base_decides_outbound() ? 1 : 0;
        silent += compiled.follows_program() ? 0 : 1;
        for (int j = 0; j < kLookups; ++j) {
            const std::uint16_t port = random_port(random, set);
            const Address peer = random_peer(random, set);
            const Settings outbound = compiled.outbound(Endpoint{peer, port}).settings;
            const Settings inbound = compiled.inbound(port, &peer).settings;
            if (compiled.base_decides_outbound()) {
                ASSERT_TRUE(outbound == compiled.base()->settings) << "rule set " << i << " look-up " << j;
            }
            if (!compiled.follows_program()) {
                ASSERT_FALSE(argues(outbound) || argues(inbound)) << "rule set " << i << " look-up " << j;
            }
        }
    }
    EXPECT_GT(settled, 200u);
    EXPECT_GT(silent, 200u);
}

TEST(FirstMatch, TheBaseIsTheFirstUnconditionalRuleUnlessALeaveStandsBeforeIt)
{
    constexpr int kRuleSets = 20'000;
    Random random(kSeed + 1);
    std::size_t none = 0, rules = 0;
    for (int i = 0; i < kRuleSets; ++i) {
        RuleSet set;
        for (std::size_t n = random.below(6); n > 0; --n) {
            set.rules.push_back(random_rule(random));
            if (random.one_in(3)) {
                set.rules.back().direction = Direction::both;
                set.rules.back().ports.clear();
                set.rules.back().peers.clear();
            }
        }
        set.defaults = random_settings(random);
        const auto table = policy::build_table(set);
        ASSERT_TRUE(table) << "rule set " << i;
        const Program& program = random.of(kPrograms);
        std::vector<std::uint32_t> storage(policy::Policy::capacity(**table));
        const policy::Policy compiled(**table, program, {}, storage);

        const auto expected = first_base(set, program);
        const auto& base = compiled.base();
        ASSERT_EQ(base.has_value(), expected.has_value()) << "rule set " << i;
        if (base) {
            ASSERT_EQ(base->rule, *expected) << "rule set " << i;
        }
        none += expected ? 0 : 1;
        rules += expected && *expected < set.rules.size() ? 1 : 0;
    }
    EXPECT_GT(none, 500u);
    EXPECT_GT(rules, 500u);
}

}  // namespace
}  // namespace kashim::test
