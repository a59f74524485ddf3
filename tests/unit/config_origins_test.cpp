// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Where the values that are in force were given, as parse() tells it.
#include "config/options.h"
#include "config_support.h"

namespace kashim::test {
namespace {

using config::Key;

using config::Origin;
using config::Origins;
using config::Place;
using config::ValueOrigin;
using config::ValueOrigins;

using Source = ValueOrigin::Source;

Origins origins_of(std::string_view text)
{
    const config::Parsed parsed = config::parse(text, config::Warnings::no);
    EXPECT_EQ(lines_of("FILE", parsed.findings), Lines());
    EXPECT_EQ(parsed.origins.rules.size(), parsed.rules.rules.size());
    return parsed.origins;
}

ValueOrigin in_defaults(std::uint32_t line, std::uint32_t column)
{
    return {Source::defaults, false, {line, column}};
}

ValueOrigin in_rule(std::uint32_t line, std::uint32_t column)
{
    return {Source::rule, false, {line, column}};
}

ValueOrigin of_budget(ValueOrigin origin)
{
    origin.from_budget = true;
    return origin;
}

TEST(ConfigOrigins, WithoutAFileEverythingIsBuiltIn)
{
    const Origins origins = origins_of("");
    EXPECT_EQ(origins.defaults.header, Place());
    EXPECT_EQ(origins.defaults.values, ValueOrigins());
    EXPECT_EQ(origins.defaults.values[Key::idle], (ValueOrigin{Source::built_in, false, {0, 0}}));
}

TEST(ConfigOrigins, AValueOfDefaultsIsPlacedAtItsValue)
{
    const Origins origins =
        origins_of("# comment\n[defaults]\nkeepalive = false\nidle = 10\ninterval   =  \"3s\"\ncount=7\n"
                   "user_timeout = \"auto\"\napp = \"cap\"\n");
    EXPECT_EQ(origins.defaults.header, (Place{2, 1}));
    ValueOrigins expected;
    expected[Key::keepalive] = in_defaults(3, 13);
    expected[Key::idle] = in_defaults(4, 8);
    expected[Key::interval] = in_defaults(5, 15);
    expected[Key::count] = in_defaults(6, 7);
    expected[Key::user_timeout] = in_defaults(7, 16);
    expected[Key::app] = in_defaults(8, 7);
    EXPECT_EQ(origins.defaults.values, expected);
}

TEST(ConfigOrigins, WhatDefaultsDoNotGiveIsBuiltIn)
{
    ValueOrigins expected;
    expected[Key::count] = in_defaults(2, 9);
    EXPECT_EQ(origins_of("[defaults]\ncount = 7\n").defaults.values, expected);
}

TEST(ConfigOrigins, ARuleKeepsTheOriginOfWhatItInherits)
{
    const Origins origins =
        origins_of("[defaults]\nidle = 10\napp = \"cap\"\n[[rule]]\nport = 5\ninterval = 7\nidle = 20\n");
    ValueOrigins expected;
    expected[Key::idle] = in_rule(7, 8);
    expected[Key::interval] = in_rule(6, 12);
    expected[Key::app] = in_defaults(3, 7);
    EXPECT_EQ(origins.rules.at(0).header, (Place{4, 1}));
    EXPECT_EQ(origins.rules.at(0).values, expected);
}

TEST(ConfigOrigins, OneRuleInheritsNothingFromAnother)
{
    const Origins origins = origins_of("[[rule]]\nidle = 20\n\n  [[rule]]\ncount = 3\n");
    ValueOrigins first;
    first[Key::idle] = in_rule(2, 8);
    ValueOrigins second;
    second[Key::count] = in_rule(5, 9);
    EXPECT_EQ(origins.rules.at(0).values, first);
    EXPECT_EQ(origins.rules.at(1).header, (Place{4, 3}));
    EXPECT_EQ(origins.rules.at(1).values, second);
}

TEST(ConfigOrigins, DefaultsBehindTheRulesAreInheritedAllTheSame)
{
    EXPECT_EQ(origins_of("[[rule]]\nport = 5\n[defaults]\nidle = 10\n").rules.at(0).values[Key::idle],
              in_defaults(4, 8));
}

TEST(ConfigOrigins, AllThreeTimesOfABudgetStandAtTheBudget)
{
    ValueOrigins expected;
    expected[Key::idle] = expected[Key::interval] = expected[Key::count] = of_budget(in_rule(2, 14));
    EXPECT_EQ(origins_of("[[rule]]\ndead_after = \"45s\"\n").rules.at(0).values, expected);
}

TEST(ConfigOrigins, WhatIsGivenBesideABudgetStandsWhereItIsGiven)
{
    ValueOrigins expected;
    expected[Key::idle] = expected[Key::interval] = of_budget(in_rule(3, 14));
    expected[Key::count] = in_rule(2, 9);
    EXPECT_EQ(origins_of("[[rule]]\ncount = 3\ndead_after = \"45s\"\n").rules.at(0).values, expected);
}

TEST(ConfigOrigins, OnlyWhatFollowsFromABudgetStandsAtTheBudget)
{
    ValueOrigins expected;
    expected[Key::idle] = in_rule(2, 8);
    expected[Key::interval] = in_rule(3, 12);
    expected[Key::count] = of_budget(in_rule(4, 14));
    EXPECT_EQ(origins_of("[[rule]]\nidle = 25\ninterval = 5\ndead_after = 45\n").rules.at(0).values, expected);
}

TEST(ConfigOrigins, ABudgetThatAddsUpGivesNothing)
{
    ValueOrigins expected;
    expected[Key::idle] = in_rule(2, 8);
    expected[Key::interval] = in_rule(3, 12);
    expected[Key::count] = in_rule(4, 9);
    EXPECT_EQ(origins_of("[[rule]]\nidle = 25\ninterval = 5\ncount = 4\ndead_after = 45\n").rules.at(0).values,
              expected);
}

TEST(ConfigOrigins, TheTimesOfAnInheritedBudgetAreReplacedOneByOne)
{
    ValueOrigins expected;
    expected[Key::idle] = in_rule(4, 8);
    expected[Key::interval] = expected[Key::count] = of_budget(in_defaults(2, 14));
    EXPECT_EQ(origins_of("[defaults]\ndead_after = \"45s\"\n[[rule]]\nidle = 5\n").rules.at(0).values, expected);
}

TEST(ConfigOrigins, ARuleThatLeavesInheritsNoOrigin)
{
    ValueOrigins expected;
    expected[Key::keepalive] = in_rule(4, 13);
    EXPECT_EQ(origins_of("[defaults]\nidle = 10\n[[rule]]\nkeepalive = \"leave\"\n").rules.at(0).values, expected);
}

TEST(ConfigOrigins, ARuleThatLeavesBecauseDefaultsDoPointsThere)
{
    ValueOrigins expected;
    expected[Key::keepalive] = in_defaults(2, 13);
    EXPECT_EQ(origins_of("[defaults]\nkeepalive = \"leave\"\n[[rule]]\nport = 5\n").rules.at(0).values, expected);
}

TEST(ConfigOrigins, BelowDefaultsThatLeaveTheOtherValuesOfARuleAreBuiltIn)
{
    ValueOrigins expected;
    expected[Key::keepalive] = in_rule(4, 13);
    expected[Key::idle] = in_rule(5, 8);
    EXPECT_EQ(
        origins_of("[defaults]\nkeepalive = \"leave\"\n[[rule]]\nkeepalive = true\nidle = 5\n").rules.at(0).values,
        expected);
}

TEST(ConfigOrigins, AnInlineTableIsPlacedWhereItsBraceStands)
{
    const Origins origins = origins_of("rule = [{port = 5, idle = 7}]\n");
    EXPECT_EQ(origins.rules.at(0).header, (Place{1, 9}));
    EXPECT_EQ(origins.rules.at(0).values[Key::idle], in_rule(1, 27));
}

TEST(ConfigOrigins, AnOptionStandsInItsColumnOfTheVariable)
{
    const config::ParsedOptions options = config::parse_options(" idle=30s\ncount=3");
    ValueOrigins expected;
    expected[Key::idle] = {Source::options, false, {1, 7}};
    expected[Key::count] = {Source::options, false, {1, 17}};
    EXPECT_EQ(options.origins, expected);
}

TEST(ConfigOrigins, ABudgetAmongTheOptionsGivesAllThreeTimes)
{
    const config::ParsedOptions options = config::parse_options("dead_after=45s app=cap");
    ValueOrigins expected;
    expected[Key::idle] = expected[Key::interval] = expected[Key::count] = {Source::options, true, {1, 12}};
    expected[Key::app] = {Source::options, false, {1, 20}};
    EXPECT_EQ(options.origins, expected);
}

}  // namespace
}  // namespace kashim::test
