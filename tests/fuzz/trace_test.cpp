// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What explains against what decides: the first rule that the trace calls a match is the one that wins.
#include "fuzz/random_rules.h"
#include "policy/policy.h"
#include "policy/table_builder.h"
#include "policy/trace.h"

#include <gtest/gtest.h>

namespace kashim::test {
namespace {

using policy::Address;
using policy::Asked;
using policy::Direction;
using policy::Endpoint;

struct Told {
    std::size_t rule;  ///< the number of rules stands for [defaults]
    bool passed_one_that_awaits_its_peer = false;
};

Told first_told(const policy::RuleSet& set, const policy::Program& program, const Asked& asked)
{
    Told told{set.rules.size()};
    for (std::size_t i = 0; i < set.rules.size(); ++i) {
        const policy::Trace trace = policy::trace(set.rules[i], program, asked);
        if (trace.matches()) {
            told.rule = i;
            break;
        }
        told.passed_one_that_awaits_its_peer |= trace.may_match();
    }
    return told;
}

TEST(Trace, ItsFirstMatchIsAlwaysThePolicysWinner)
{
    constexpr int kRuleSets = 1500, kLookups = 60;
    Random random(20261122);
    std::size_t by_rule = 0, by_defaults = 0, awaiting = 0;
    for (int i = 0; i < kRuleSets; ++i) {
        const policy::RuleSet set = random_rules(random);
        const auto table = policy::build_table(set);
        ASSERT_TRUE(table) << "rule set " << i;
        const policy::Program& program = random.of(kPrograms);
        std::vector<std::uint32_t> storage(policy::Policy::capacity(**table));
        const policy::Policy decides(**table, program, {}, storage);
        for (int j = 0; j < kLookups; ++j) {
            const std::uint16_t port = random_port(random, set);
            const Address peer = random_peer(random, set);

            const Told outbound = first_told(set, program, {Direction::outbound, port, peer});
            ASSERT_EQ(outbound.rule, decides.outbound(Endpoint{peer, port}).rule) << "rule set " << i << " ask " << j;
            ASSERT_FALSE(outbound.passed_one_that_awaits_its_peer);

            const Told inbound = first_told(set, program, {Direction::inbound, port, peer});
            ASSERT_EQ(inbound.rule, decides.inbound(port, &peer).rule) << "rule set " << i << " ask " << j;

            const Told listener = first_told(set, program, {Direction::inbound, port, {}});
            const policy::Decision decision = decides.inbound(port, nullptr);
            ASSERT_EQ(listener.rule, decision.rule) << "rule set " << i << " ask " << j;
            ASSERT_LE(listener.passed_one_that_awaits_its_peer, decision.depends_on_peer)
                << "rule set " << i << " ask " << j;

            ++(outbound.rule == set.rules.size() ? by_defaults : by_rule);
            awaiting += listener.passed_one_that_awaits_its_peer ? 1 : 0;
        }
    }
    // What the generator makes must stay worth looking at.
    EXPECT_GT(by_rule, 10'000u);
    EXPECT_GT(by_defaults, 1'000u);
    EXPECT_GT(awaiting, 1'000u);
}

}  // namespace
}  // namespace kashim::test
