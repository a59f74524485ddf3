// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/trace.h"

#include <gtest/gtest.h>

namespace kashim::test {
namespace {

using policy::Address;
using policy::Asked;
using policy::Direction;
using policy::Matcher;
using policy::Network;
using policy::Rule;
using policy::Trace;

const policy::Program kPsql{.executable = "/usr/lib/postgresql/15/bin/psql",
                            .executed = "/usr/bin/psql",
                            .name = "psql",
                            .script = "",
                            .command = "psql -h db"};
const Asked kAsked{Direction::outbound, 5432, Address::ipv4(0x0a000001)};

using Failing = std::vector<Matcher>;

TEST(PolicyTrace, ARuleWithoutMatchersMatches)
{
    const Trace told = policy::trace(Rule{}, kPsql, kAsked);
    EXPECT_TRUE(told.matches());
    EXPECT_FALSE(told.may_match());
}

TEST(PolicyTrace, EachMatcherThatDoesNotHoldIsToldAlone)
{
    Rule rule;
    rule.selector.programs = {"nginx", "/usr/sbin/*"};
    EXPECT_EQ(policy::trace(rule, kPsql, kAsked).failing, Failing{Matcher::program});
    rule.selector = {{}, {"*-h cache*"}};
    EXPECT_EQ(policy::trace(rule, kPsql, kAsked).failing, Failing{Matcher::command});
    rule = {};
    rule.direction = Direction::inbound;
    EXPECT_EQ(policy::trace(rule, kPsql, kAsked).failing, Failing{Matcher::direction});
    rule = {};
    rule.ports = {{6379, 6380}, {5433, 65535}};
    EXPECT_EQ(policy::trace(rule, kPsql, kAsked).failing, Failing{Matcher::port});
    rule = {};
    rule.peers = {Network::around(Address::ipv4(0x0a010000), 16), Network::around(Address::ipv6(0, 0), 0)};
    EXPECT_EQ(policy::trace(rule, kPsql, kAsked).failing, Failing{Matcher::peer});
}

TEST(PolicyTrace, EveryMatcherThatDoesNotHoldIsToldInTheOrderPeopleReadThem)
{
    const Rule rule{.selector = {{"nginx"}, {"nginx*"}},
                    .direction = Direction::inbound,
                    .ports = {{80, 80}},
                    .peers = {Network::around(Address::ipv4(0), 32)}};
    EXPECT_EQ(policy::trace(rule, kPsql, kAsked).failing,
              (Failing{Matcher::program, Matcher::command, Matcher::direction, Matcher::port, Matcher::peer}));
}

TEST(PolicyTrace, OneItemOfAListIsEnough)
{
    const Rule rule{.selector = {{"nginx", "/usr/bin/psql"}, {"x", "psql*"}},
                    .direction = Direction::outbound,
                    .ports = {{80, 80}, {5432, 5432}},
                    .peers = {Network::around(Address::ipv4(0), 32), Network::around(Address::ipv4(0x0a000000), 8)}};
    EXPECT_TRUE(policy::trace(rule, kPsql, kAsked).matches());
}

TEST(PolicyTrace, WithoutAPeerARuleWithPeersNeitherMatchesNorFails)
{
    const Rule rule{.ports = {{443, 443}}, .peers = {Network::around(Address::ipv4(0), 0)}};
    const Trace told = policy::trace(rule, kPsql, {Direction::inbound, 443, {}});
    EXPECT_FALSE(told.matches());
    EXPECT_TRUE(told.may_match());
    const Trace elsewhere = policy::trace(rule, kPsql, {Direction::inbound, 80, {}});
    EXPECT_FALSE(elsewhere.may_match());
    EXPECT_EQ(elsewhere.failing, Failing{Matcher::port});
}

}  // namespace
}  // namespace kashim::test
