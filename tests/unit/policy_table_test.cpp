// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/policy.h"
#include "policy/table_builder.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace kashim::test {
namespace {

using policy::Address;
using policy::App;
using policy::build_table;
using policy::Decision;
using policy::Direction;
using policy::Endpoint;
using policy::Keepalive;
using policy::Milliseconds;
using policy::Network;
using policy::Overlay;
using policy::OwnedTable;
using policy::Policy;
using policy::PortRange;
using policy::Program;
using policy::Rule;
using policy::RuleSet;
using policy::Seconds;
using policy::Settings;
using policy::Table;
using policy::UserTimeout;

const Address kTen = Address::ipv4(0x0a000001);
const Address kLoopback6 = Address::ipv6(0, 1);
const Network kTenNetwork = Network::around(kTen, 8);
const Program kNginx{
    .executable = "/usr/sbin/nginx", .executed = "", .name = "nginx", .script = "", .command = "nginx"};

Settings with_idle(unsigned idle)
{
    Settings settings;
    settings.idle = Seconds(static_cast<std::uint16_t>(idle));
    return settings;
}

Settings leave()
{
    Settings settings;
    settings.keepalive = Keepalive::leave;
    return settings;
}

Settings with_app(App app)
{
    Settings settings;
    settings.app = app;
    return settings;
}

/// A policy and all that must outlive it.
class Rules {
public:
    explicit Rules(RuleSet set, const Program& program = kNginx, const Overlay& overlay = {})
        : table_(*build_table(set)), storage_(Policy::capacity(*table_)), policy_(*table_, program, overlay, storage_)
    {
    }

    const Policy* operator->() const { return &policy_; }

    Table::RuleNumber outbound(std::uint16_t port, const Address& address = kTen) const
    {
        return policy_.outbound({address, port}).rule;
    }
    Table::RuleNumber inbound(std::uint16_t port, const Address& address = kTen) const
    {
        return policy_.inbound(port, &address).rule;
    }

private:
    OwnedTable table_;
    std::vector<std::uint32_t> storage_;
    Policy policy_;
};

// --- ports ---------------------------------------------------------------------------------------

TEST(PolicyTable, WithoutRulesTheDefaultsDecide)
{
    RuleSet set;
    set.defaults = with_idle(77);
    set.defaults_line = 3;
    const Rules rules(set);
    EXPECT_EQ(rules.outbound(80), 0u);
    EXPECT_EQ(rules.inbound(80), 0u);
    EXPECT_EQ(rules->outbound({kTen, 80}).settings, with_idle(77));
    EXPECT_EQ(rules->table().defaults().line, 3u);
    EXPECT_STREQ(rules->table().text(rules->table().defaults().name), "");
}

TEST(PolicyTable, APortMatchesAloneAtEveryEdge)
{
    for (const unsigned port : {0u, 1u, 15u, 16u, 255u, 256u, 4095u, 4096u, 5432u, 65534u, 65535u}) {
        const auto exact = static_cast<std::uint16_t>(port);
        const Rules rules({{}, 0, {{.ports = {{exact, exact}}}}});
        for (const unsigned other :
             {0u, 1u, 14u, 15u, 16u, 17u, 254u, 255u, 256u, 4095u, 4096u, 5431u, 5432u, 65534u, 65535u})
            ASSERT_EQ(rules.outbound(static_cast<std::uint16_t>(other)), other == port ? 0u : 1u)
                << port << " " << other;
    }
}

TEST(PolicyTable, ARangeHoldsEveryPortFromItsFirstToItsLast)
{
    for (const PortRange range : {PortRange{15, 16},
                                  {255, 256},
                                  {4095, 4096},
                                  {1, 65534},
                                  {0, 65535},
                                  {0, 0},
                                  {65535, 65535},
                                  {16, 31},
                                  {6000, 6010},
                                  {0x1234, 0xfedc},
                                  {4096, 8191}}) {
        const Rules rules({{}, 0, {{.ports = {range}}}});
        for (unsigned port = 0; port <= 65535; ++port) {
            const auto number = static_cast<std::uint16_t>(port);
            ASSERT_EQ(rules.outbound(number), range.contains(number) ? 0u : 1u)
                << port << " in " << range.first << "-" << range.last;
        }
    }
}

TEST(PolicyTable, RangesOfOneRuleMayTouchOverlapAndRepeat)
{
    const Rules rules({{}, 0, {{.ports = {{10, 20}, {21, 30}, {15, 40}, {60, 70}, {60, 70}, {65535, 65535}, {1, 1}}}}});
    for (unsigned port = 0; port <= 100; ++port) {
        const bool expected = port == 1 || (port >= 10 && port <= 40) || (port >= 60 && port <= 70);
        ASSERT_EQ(rules.outbound(static_cast<std::uint16_t>(port)), expected ? 0u : 1u) << port;
    }
    EXPECT_EQ(rules.outbound(65535), 0u);
    EXPECT_EQ(rules.outbound(65534), 1u);
}

TEST(PolicyTable, TheFirstRuleWinsHoweverNarrowTheLaterOnesAre)
{
    const Rules rules({{}, 0, {{.ports = {{80, 80}}}, {.ports = {{1, 65535}}}, {.ports = {{443, 443}}}, {}}});
    EXPECT_EQ(rules.outbound(80), 0u);
    EXPECT_EQ(rules.outbound(443), 1u);
    EXPECT_EQ(rules.outbound(0), 3u);
}

// --- peers and directions ------------------------------------------------------------------------

TEST(PolicyTable, APeerMatchesItsOwnFamilyAndMappedAddressesAreIpv4)
{
    const Rules rules({{}, 0, {{.peers = {kTenNetwork}}, {.peers = {Network::around(kLoopback6, 128)}}}});
    EXPECT_EQ(rules.outbound(80, Address::ipv4(0x0affffff)), 0u);
    EXPECT_EQ(rules.outbound(80, Address::ipv4(0x0b000000)), 2u);
    EXPECT_EQ(rules.outbound(80, Address::ipv4(0x09ffffff)), 2u);
    EXPECT_EQ(rules.outbound(80, Address::ipv6(0, 0xffff'0a00'0001)), 0u);
    EXPECT_EQ(rules.outbound(80, kLoopback6), 1u);
    EXPECT_EQ(rules.outbound(80, Address::ipv6(0, 0x0a000001)), 2u);
}

// Long lists of segments have marks above them, in more and more layers.
TEST(PolicyTable, AListOfAnyLengthIsSearchedToTheAddress)
{
    std::vector<std::uint32_t> lengths{127, 128, 129, 130, 2047, 2048, 2049, 5000};
    for (std::uint32_t length = 1; length < 40; ++length)
        lengths.push_back(length);
    for (const std::uint32_t length : lengths) {
        RuleSet set;
        for (std::uint32_t i = 0; i < length; ++i)
            set.rules.push_back({.peers = {Network::around(Address::ipv4(0x0a000000 + 3 * i), 32),
                                           Network::around(Address::ipv6(1, 3 * i), 128)}});
        const Rules rules(set);
        for (std::uint32_t at = 0; at < 3 * length; ++at) {
            const std::uint32_t expected = at % 3 == 0 ? at / 3 : length;
            ASSERT_EQ(rules.outbound(80, Address::ipv4(0x0a000000 + at)), expected) << length << ": " << at;
            ASSERT_EQ(rules.outbound(80, Address::ipv6(1, at)), expected) << length << ": " << at;
        }
        EXPECT_EQ(rules.outbound(80, Address::ipv4(0x09ffffff)), length);
        EXPECT_EQ(rules.outbound(80, Address::ipv4(0xffffffff)), length);
        EXPECT_EQ(rules.outbound(80, Address::ipv6(0, ~std::uint64_t{0})), length);
        EXPECT_EQ(rules.outbound(80, Address::ipv6(2, 0)), length);
    }
}

TEST(PolicyTable, TheFirstOfNestedNetworksWins)
{
    const Network host = Network::around(kTen, 32);
    const Rules outer_first({{}, 0, {{.peers = {kTenNetwork}}, {.peers = {host}}}});
    EXPECT_EQ(outer_first.outbound(80, kTen), 0u);
    const Rules inner_first({{}, 0, {{.peers = {host}}, {.peers = {kTenNetwork}}}});
    EXPECT_EQ(inner_first.outbound(80, kTen), 0u);
    EXPECT_EQ(inner_first.outbound(80, Address::ipv4(0x0a000000)), 1u);
    EXPECT_EQ(inner_first.outbound(80, Address::ipv4(0x0a000002)), 1u);
}

TEST(PolicyTable, TheLastAddressesOfBothFamiliesCanBeNamed)
{
    const Address last4 = Address::ipv4(0xffffffff);
    const Address last6 = Address::ipv6(~std::uint64_t{0}, ~std::uint64_t{0});
    const Rules rules({{},
                       0,
                       {{.peers = {Network::around(last4, 32), Network::around(last6, 128)}},
                        {.peers = {Network::around(last4, 0), Network::around(last6, 0)}}}});
    EXPECT_EQ(rules.outbound(80, last4), 0u);
    EXPECT_EQ(rules.outbound(80, last6), 0u);
    EXPECT_EQ(rules.outbound(80, Address::ipv4(0xfffffffe)), 1u);
    EXPECT_EQ(rules.outbound(80, Address::ipv6(~std::uint64_t{0}, ~std::uint64_t{1})), 1u);
    EXPECT_EQ(rules.outbound(80, Address::ipv4(0)), 1u);
    EXPECT_EQ(rules.outbound(80, Address::ipv6(0, 0)), 1u);
}

TEST(PolicyTable, TheSameNetworkTwiceIsTheSameNetwork)
{
    const Rules rules({{}, 0, {{.peers = {kTenNetwork, kTenNetwork}}, {.peers = {kTenNetwork}}}});
    EXPECT_EQ(rules.outbound(80, kTen), 0u);
    EXPECT_EQ(rules.outbound(80, Address::ipv4(0x0b000000)), 2u);
}

TEST(PolicyTable, EachDirectionHasItsOwnRules)
{
    const Rules rules({{},
                       0,
                       {{.direction = Direction::outbound, .ports = {{80, 80}}},
                        {.direction = Direction::inbound, .ports = {{80, 80}}}}});
    EXPECT_EQ(rules.outbound(80), 0u);
    EXPECT_EQ(rules.inbound(80), 1u);
    EXPECT_EQ(rules.outbound(81), 2u);
    EXPECT_EQ(rules.inbound(81), 2u);
}

TEST(PolicyTable, AListenerIsToldWhetherThePeerMayChangeItsRule)
{
    const Rules rules({{},
                       0,
                       {{.ports = {{80, 80}}, .peers = {kTenNetwork}},
                        {.ports = {{1, 100}}},
                        {.ports = {{1, 200}}, .peers = {kTenNetwork}},
                        {.direction = Direction::outbound, .peers = {kTenNetwork}}}});
    const auto told = [&rules](std::uint16_t port) { return rules->inbound(port, nullptr); };
    EXPECT_EQ(told(80).rule, 1u);
    EXPECT_TRUE(told(80).depends_on_peer);
    EXPECT_EQ(told(81).rule, 1u);
    EXPECT_FALSE(told(81).depends_on_peer);  // what comes behind rule 1 cannot win
    EXPECT_EQ(told(150).rule, 4u);
    EXPECT_TRUE(told(150).depends_on_peer);
    EXPECT_EQ(told(300).rule, 4u);
    EXPECT_FALSE(told(300).depends_on_peer);  // the last rule is for the other direction
    EXPECT_FALSE(rules->inbound(80, &kTen).depends_on_peer);
    EXPECT_EQ(rules->inbound(80, &kTen).rule, 0u);
}

// --- programs ------------------------------------------------------------------------------------

TEST(PolicyTable, OnlyTheRulesOfThisProgramCountInTheirOrder)
{
    const RuleSet set{{},
                      0,
                      {{.selector = {{"redis"}, {}}},
                       {.selector = {{"nginx"}, {}}, .ports = {{80, 80}}},
                       {.ports = {{1, 100}}},
                       {.selector = {{"nginx"}, {}}},
                       {}}};
    const Rules nginx(set);
    EXPECT_EQ(nginx.outbound(80), 1u);
    EXPECT_EQ(nginx.outbound(81), 2u);
    EXPECT_EQ(nginx.outbound(101), 3u);
    const Rules other(set, Program{});
    EXPECT_EQ(other.outbound(80), 2u);
    EXPECT_EQ(other.outbound(101), 4u);
}

TEST(PolicyTable, ProgramsAndCommandsMustBothMatch)
{
    const RuleSet set{{}, 0, {{.selector = {{"nginx"}, {"*worker*"}}}, {.selector = {{}, {"ngin?"}}}}};
    EXPECT_EQ(Rules(set).outbound(80), 1u);
}

TEST(PolicyTable, ANameAndALineAreKeptForMessages)
{
    const Rules rules({{}, 0, {{.name = "first", .line = 4}, {.name = "", .line = 9}, {.name = "first", .line = 12}}});
    const Table& table = rules->table();
    EXPECT_STREQ(table.text(table.rule(0).name), "first");
    EXPECT_STREQ(table.text(table.rule(1).name), "");
    EXPECT_STREQ(table.text(table.rule(2).name), "first");
    EXPECT_EQ(table.rule(2).line, 12u);
}

TEST(PolicyTable, ItWorksAnywhereInMemory)
{
    const RuleSet set{with_idle(9), 0, {{.ports = {{80, 80}}, .peers = {kTenNetwork}, .settings = with_idle(5)}}};
    std::optional<OwnedTable> built = build_table(set);
    ASSERT_TRUE(built);
    const auto copy = std::make_unique<std::uint64_t[]>(built->size() / sizeof(std::uint64_t));
    std::memcpy(copy.get(), &**built, built->size());
    EXPECT_EQ((*built)->size, built->size());
    built.reset();
    const auto& table = *reinterpret_cast<const Table*>(copy.get());
    std::vector<std::uint32_t> storage(Policy::capacity(table));
    const Policy policy(table, kNginx, {}, storage);
    EXPECT_EQ(policy.outbound({kTen, 80}).settings, with_idle(5));
    EXPECT_EQ(policy.outbound({kTen, 81}).settings, with_idle(9));
}

// The parser counts ranges, and says so with the place; what it lets pass must come to a table.
TEST(PolicyTable, EveryRuleWithinTheLimitCanBeCompiled)
{
    std::vector<Network> peers;
    for (std::uint32_t i = 0; i < 1000; ++i)
        peers.push_back(Network::around(Address::ipv4(0x0a000000 + 2 * i), 32));
    const RuleSet set{{}, 0, {{.direction = Direction::outbound, .ports = {{1, 65534}}, .peers = peers}}};
    const std::optional<OwnedTable> table = build_table(set);
    ASSERT_TRUE(table);
    std::vector<std::uint32_t> storage(Policy::capacity(**table));
    const Policy policy(**table, kNginx, {}, storage);
    EXPECT_EQ(policy.outbound({Address::ipv4(0x0a000002), 1}).rule, 0u);
    EXPECT_EQ(policy.outbound({Address::ipv4(0x0a000003), 1}).rule, 1u);
    EXPECT_EQ(policy.outbound({Address::ipv4(0x0a000002), 65535}).rule, 1u);
}

TEST(PolicyTable, ARuleBeyondTheLimitIsRefused)
{
    Rule rule;
    for (std::uint16_t i = 0; i < 257; ++i)
        rule.ports.push_back({static_cast<std::uint16_t>(2 * i), static_cast<std::uint16_t>(2 * i)});
    for (std::uint32_t i = 0; i < 256; ++i)
        rule.peers.push_back(Network::around(Address::ipv4(2 * i), 32));
    EXPECT_FALSE(build_table({{}, 0, {rule}}));
    rule.ports.pop_back();
    EXPECT_TRUE(build_table({{}, 0, {rule}}));
}

// --- what rules cost -----------------------------------------------------------------------------

std::size_t cost_of(std::vector<PortRange> ports, std::size_t peers)
{
    return policy::cost({.ports = std::move(ports), .peers = std::vector<Network>(peers, kTenNetwork)});
}

TEST(PolicyCost, IsOneForARuleThatAsksForNoPortOrForOne)
{
    EXPECT_EQ(cost_of({}, 0), 1u);
    EXPECT_EQ(cost_of({{80, 80}}, 0), 1u);
    EXPECT_EQ(cost_of({{80, 80}, {81, 81}}, 0), 2u);
}

// A node of the tree has sixteen children; a range takes the largest nodes that lie inside it.
TEST(PolicyCost, OfARangeIsThePiecesOfTheTreeItComesTo)
{
    EXPECT_EQ(cost_of({{0, 65535}}, 0), 1u);
    EXPECT_EQ(cost_of({{0, 15}}, 0), 1u);
    EXPECT_EQ(cost_of({{0, 16}}, 0), 2u);
    EXPECT_EQ(cost_of({{4096, 8191}}, 0), 1u);
    EXPECT_EQ(cost_of({{1, 65534}}, 0), 14u + 2 * (15 + 15 + 15));
}

TEST(PolicyCost, GrowsWithEachPeer)
{
    EXPECT_EQ(cost_of({}, 7), 7u);
    EXPECT_EQ(cost_of({{1, 65534}}, 7), 7u * 104);
}

// --- the base ------------------------------------------------------------------------------------

TEST(PolicyBase, IsTheFirstRuleThatAsksForNoDirectionPortOrPeer)
{
    const RuleSet set{with_idle(9),
                      0,
                      {{.direction = Direction::outbound},
                       {.ports = {{80, 80}}},
                       {.peers = {kTenNetwork}},
                       {.selector = {{"redis"}, {}}, .settings = with_idle(1)},
                       {.selector = {{"nginx"}, {}}, .settings = with_idle(2)},
                       {.settings = with_idle(3)}}};
    const Rules nginx(set);
    ASSERT_TRUE(nginx->base());
    EXPECT_EQ(nginx->base()->rule, 4u);
    EXPECT_EQ(nginx->base()->settings, with_idle(2));
    const Rules other(set, Program{});
    ASSERT_TRUE(other->base());
    EXPECT_EQ(other->base()->rule, 5u);
}

TEST(PolicyBase, IsTheDefaultsWhereEveryRuleAsksForSomething)
{
    const Rules rules({with_idle(9), 0, {{.ports = {{80, 80}}, .settings = with_idle(1)}}});
    ASSERT_TRUE(rules->base());
    EXPECT_EQ(rules->base()->rule, 1u);
    EXPECT_EQ(rules->base()->settings, with_idle(9));
}

TEST(PolicyBase, IsNothingBehindALeaveForTheSameProgram)
{
    EXPECT_FALSE(Rules({{}, 0, {{.ports = {{80, 80}}, .settings = leave()}}})->base());
    EXPECT_FALSE(Rules({{}, 0, {{.settings = leave()}, {}}})->base());
    EXPECT_FALSE(Rules({{}, 0, {{.direction = Direction::inbound, .settings = leave()}, {}}})->base());
    EXPECT_FALSE(Rules({leave(), 0, {}})->base());
}

TEST(PolicyBase, IsThereInFrontOfALeaveAndBesideTheLeaveOfAnotherProgram)
{
    EXPECT_TRUE(Rules({{}, 0, {{}, {.ports = {{80, 80}}, .settings = leave()}}})->base());
    EXPECT_TRUE(Rules({leave(), 0, {{}}})->base());
    EXPECT_TRUE(Rules({{}, 0, {{.selector = {{"redis"}, {}}, .settings = leave()}}})->base());
}

TEST(PolicyBase, DecidesOutboundOnlyWhereEveryRuleWantsTheSameAndRespectsTheProgram)
{
    const auto decides = [](RuleSet set) { return Rules(std::move(set))->base_decides_outbound(); };
    EXPECT_TRUE(decides({}));
    EXPECT_TRUE(decides({with_idle(9), 0, {{.direction = Direction::inbound, .settings = with_idle(1)}}}));
    EXPECT_TRUE(decides({with_idle(9), 0, {{.ports = {{80, 80}}, .settings = with_idle(9)}}}));
    EXPECT_FALSE(decides({with_idle(9), 0, {{.ports = {{80, 80}}, .settings = with_idle(1)}}}));
    EXPECT_FALSE(decides({{}, 0, {{.ports = {{80, 80}}, .settings = leave()}}}));
    EXPECT_FALSE(decides({with_app(App::cap), 0, {}}));
    EXPECT_FALSE(decides({with_app(App::override), 0, {}}));
    EXPECT_FALSE(decides({leave(), 0, {}}));
    EXPECT_TRUE(decides({with_idle(9), 0, {{.selector = {{"redis"}, {}}, .settings = with_idle(1)}}}));
    EXPECT_FALSE(
        decides({with_idle(9), 0, {{.selector = {{"nginx"}, {}}, .ports = {{1, 9}}, .settings = with_idle(1)}}}));
}

TEST(PolicyLeaves, EverythingWhereNoRuleOfThisProgramSaysOtherwise)
{
    const auto leaves = [](RuleSet set, const Overlay& overlay = {}) {
        return Rules(std::move(set), kNginx, overlay)->leaves_everything();
    };
    EXPECT_TRUE(leaves({leave(), 0, {}}));
    EXPECT_TRUE(leaves({{}, 0, {{.settings = leave()}, {}}}));
    EXPECT_TRUE(leaves({{}, 0, {{.selector = {{"nginx"}, {}}, .settings = leave()}}}));
    EXPECT_TRUE(leaves({leave(), 0, {{.selector = {{"redis"}, {}}}}}));
    EXPECT_TRUE(leaves({{}, 0, {{.ports = {{80, 80}}, .settings = leave()}, {.settings = leave()}, {}}}));
    EXPECT_FALSE(leaves({}));
    EXPECT_FALSE(leaves({{}, 0, {{.ports = {{80, 80}}, .settings = leave()}}}));
    EXPECT_FALSE(leaves({{}, 0, {{.ports = {{80, 80}}}, {.settings = leave()}}}));
    EXPECT_FALSE(leaves({leave(), 0, {{.direction = Direction::inbound}}}));
    Overlay overlay;
    overlay.keepalive = Keepalive::leave;
    EXPECT_TRUE(leaves({{}, 0, {{.ports = {{80, 80}}}, {}}}, overlay));
    overlay.keepalive = Keepalive::on;
    EXPECT_TRUE(leaves({leave(), 0, {}}, overlay));
}

TEST(PolicyFollows, TheProgramOnlyWhereARuleOfItsOwnSaysCapOverrideOrAuto)
{
    const auto follows = [](RuleSet set) { return Rules(std::move(set))->follows_program(); };
    Settings automatic;
    automatic.user_timeout.kind = UserTimeout::Kind::automatic;
    EXPECT_FALSE(follows({}));
    EXPECT_TRUE(follows({automatic, 0, {}}));
    EXPECT_TRUE(follows({{}, 0, {{.ports = {{80, 80}}, .settings = with_app(App::cap)}}}));
    EXPECT_TRUE(follows({{}, 0, {{.direction = Direction::inbound, .settings = with_app(App::override)}}}));
    EXPECT_FALSE(follows({{}, 0, {{.selector = {{"redis"}, {}}, .settings = with_app(App::override)}}}));
    EXPECT_FALSE(follows({leave(), 0, {}}));
}

// --- the overlay ---------------------------------------------------------------------------------

TEST(PolicyOverlayOnRules, LiesOverWhateverDecidesExceptALeave)
{
    Overlay overlay;
    overlay.idle = Seconds(7);
    overlay.app = App::cap;
    const Rules rules({with_idle(9),
                       0,
                       {{.direction = Direction::outbound, .ports = {{80, 80}}, .settings = with_idle(1)},
                        {.direction = Direction::outbound, .ports = {{81, 81}}, .settings = leave()}}},
                      kNginx, overlay);
    EXPECT_EQ(rules->outbound({kTen, 80}).settings.idle, Seconds(7));
    EXPECT_EQ(rules->outbound({kTen, 80}).rule, 0u);
    EXPECT_EQ(rules->outbound({kTen, 81}).settings, leave());
    EXPECT_EQ(rules->inbound(80, nullptr).settings.idle, Seconds(7));
    EXPECT_EQ(rules->inbound(80, nullptr).settings.app, App::cap);
    EXPECT_TRUE(rules->follows_program());
    EXPECT_FALSE(rules->base());  // a leave stands in front of [defaults]
}

TEST(PolicyOverlayOnRules, ReachesTheBaseAndMayTakeItAway)
{
    Overlay overlay;
    overlay.idle = Seconds(7);
    const Rules rules({with_idle(9), 0, {}}, kNginx, overlay);
    ASSERT_TRUE(rules->base());
    EXPECT_EQ(rules->base()->settings, with_idle(7));
    EXPECT_TRUE(rules->base_decides_outbound());

    Overlay leaving;
    leaving.keepalive = Keepalive::leave;
    const Rules left({with_idle(9), 0, {}}, kNginx, leaving);
    EXPECT_FALSE(left->base());
    EXPECT_FALSE(left->base_decides_outbound());
    EXPECT_EQ(left->outbound({kTen, 80}).settings.keepalive, Keepalive::leave);
}

TEST(PolicyOverlayOnRules, MakesOverrideOutOfRespectForOutboundToo)
{
    Overlay overlay;
    overlay.app = App::override;
    EXPECT_FALSE(Rules({{}, 0, {}}, kNginx, overlay)->base_decides_outbound());
}

}  // namespace
}  // namespace kashim::test
