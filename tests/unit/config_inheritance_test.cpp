// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config_support.h"

namespace kashim::test {
namespace {

using policy::App;
using policy::Keepalive;
using policy::Settings;

Settings settings(int idle, int interval, int count)
{
    Settings settings;
    settings.idle = policy::Seconds(static_cast<std::uint16_t>(idle));
    settings.interval = policy::Seconds(static_cast<std::uint16_t>(interval));
    settings.count = static_cast<std::uint8_t>(count);
    return settings;
}

Settings first_rule(std::string_view text)
{
    return rules_of(text).rules.at(0).settings;
}

TEST(ConfigInheritance, ARuleTakesWhatItDoesNotSetFromDefaults)
{
    Settings expected = settings(10, 7, 5);
    expected.app = App::cap;
    expected.keepalive = Keepalive::off;
    EXPECT_EQ(first_rule("[defaults]\nkeepalive = false\nidle = 10\ninterval = 3\napp = \"cap\"\n"
                         "[[rule]]\ninterval = 7\n"),
              expected);
}

TEST(ConfigInheritance, DefaultsMayStandBehindTheRules)
{
    EXPECT_EQ(first_rule("[[rule]]\ninterval = 7\n[defaults]\nidle = 10\n"), settings(10, 7, 5));
}

TEST(ConfigInheritance, WithoutDefaultsARuleTakesTheBuiltInValues)
{
    EXPECT_EQ(first_rule("[[rule]]\ncount = 2\n"), settings(60, 30, 2));
}

TEST(ConfigInheritance, ARuleThatLeavesInheritsNothing)
{
    Settings leave;
    leave.keepalive = Keepalive::leave;
    EXPECT_EQ(first_rule("[defaults]\nidle = 10\nuser_timeout = \"auto\"\n[[rule]]\nkeepalive = \"leave\"\n"), leave);
}

TEST(ConfigInheritance, ARuleBelowDefaultsThatLeaveLeavesToo)
{
    Settings leave;
    leave.keepalive = Keepalive::leave;
    EXPECT_EQ(first_rule("[defaults]\nkeepalive = \"leave\"\n[[rule]]\nport = 5\n"), leave);
}

TEST(ConfigInheritance, ARuleBelowDefaultsThatLeaveMaySwitchOn)
{
    EXPECT_EQ(first_rule("[defaults]\nkeepalive = \"leave\"\n[[rule]]\nkeepalive = true\nidle = 10\n"),
              settings(10, 30, 5));
}

TEST(ConfigInheritance, ABudgetIsInheritedAsItsTimes)
{
    // 45 s: interval 5, count 4, idle the rest; the rule changes one of the three and has another budget.
    EXPECT_EQ(first_rule("[defaults]\ndead_after = \"45s\"\n[[rule]]\ninterval = 10\n"), settings(25, 10, 4));
}

TEST(ConfigInheritance, InheritedTimesGiveWayToABudget)
{
    EXPECT_EQ(first_rule("[defaults]\nidle = 1000\ninterval = 100\ncount = 9\n[[rule]]\ndead_after = 45\n"),
              settings(25, 5, 4));
}

TEST(ConfigInheritance, TimesOfTheSameTableAreKeptByABudget)
{
    EXPECT_EQ(first_rule("[[rule]]\ndead_after = 100\nidle = 60\n"), settings(60, 10, 4));
    EXPECT_EQ(first_rule("[[rule]]\ndead_after = 100\ninterval = 10\n"), settings(50, 10, 5));
    EXPECT_EQ(first_rule("[[rule]]\ndead_after = 100\ncount = 2\n"), settings(50, 25, 2));
    EXPECT_EQ(first_rule("[[rule]]\ndead_after = 100\nidle = 70\ninterval = 10\n"), settings(70, 10, 3));
}

TEST(ConfigInheritance, ABudgetThatAgreesWithAllThreeIsTaken)
{
    EXPECT_EQ(first_rule("[[rule]]\ndead_after = 210\nidle = 60\ninterval = 30\ncount = 5\n"), settings(60, 30, 5));
}

class ConfigContradictions : public testing::TestWithParam<Complaint> {};

TEST_P(ConfigContradictions, AreRefused)
{
    EXPECT_EQ(said_about(GetParam().text), GetParam().said);
}

const std::string kBesideLeave =
    " cannot stand beside keepalive = \"leave\", which touches nothing; remove one of them";

INSTANTIATE_TEST_SUITE_P(
    Values, ConfigContradictions,
    testing::Values(
        Complaint{"every value beside leave",
                  "[defaults]\nidle = 5\ninterval = 5\ncount = 5\nkeepalive = \"leave\"\nuser_timeout = \"off\"\n"
                  "app = \"cap\"\ndead_after = 45\n",
                  {"FILE:2:1: error: idle" + kBesideLeave, "FILE:3:1: error: interval" + kBesideLeave,
                   "FILE:4:1: error: count" + kBesideLeave, "FILE:6:1: error: user_timeout" + kBesideLeave,
                   "FILE:7:1: error: app" + kBesideLeave, "FILE:8:1: error: dead_after" + kBesideLeave}},
        Complaint{"values beside leave in a rule",
                  "[[rule]]\nname = \"x\"\nport = 5\nidle = 5\nkeepalive = \"leave\"\n",
                  {"FILE:4:1: error: idle" + kBesideLeave}},
        Complaint{"values below defaults that leave",
                  "[[rule]]\nname = \"x\"\ncount = 3\nidle = 5\n[defaults]\nkeepalive = \"leave\"\n",
                  {"FILE:3:1: error: [defaults] says keepalive = \"leave\"; a rule with values of its own must say "
                   "keepalive = true or keepalive = false"}},
        Complaint{"a budget below the idle beside it",
                  "[defaults]\ndead_after = 10\nidle = 60\n",
                  {"FILE:2:14: error: dead_after 10 s cannot be met with idle 60 s; the nearest that can is 62 s"}},
        Complaint{"a budget that two times do not divide",
                  "[defaults]\ninterval = 7\ndead_after = \"100s\"\nidle = 60\n",
                  {"FILE:3:14: error: dead_after 100 s cannot be met with idle 60 s and interval 7 s; the nearest that "
                   "can is 102 s"}},
        Complaint{"a budget too small for its count",
                  "[defaults]\ncount = 9\ndead_after = 9\n",
                  {"FILE:3:14: error: dead_after 9 s cannot be met with count 9; the nearest that can is 10 s"}},
        Complaint{"a budget too large for everything",
                  "[defaults]\ndead_after = 100000\n",
                  {"FILE:2:14: error: dead_after 100000 s cannot be met; the nearest that can is 65531 s"}},
        Complaint{
            "a budget that contradicts all three",
            "[defaults]\ndead_after = 100\nidle = 60\ninterval = 30\ncount = 5\n",
            {"FILE:2:14: error: dead_after 100 s is not idle + interval x count, which is 210 s here; leave one of "
             "the four out"}},
        Complaint{"a budget beside a wrong time is not judged",
                  "[defaults]\ndead_after = 10\nidle = 60\ncount = 0\n",
                  {"FILE:4:9: error: count must be a whole number from 1 to 127, not 0"}}),
    NameOfComplaint());

TEST(ConfigMatching, NamesAndMatchersMayStandBesideLeave)
{
    EXPECT_EQ(
        said_about("[[rule]]\nname = \"x\"\nprogram = \"a\"\ncommand = \"*b*\"\ndirection = \"inbound\"\nport = 5\n"
                   "peer = \"::1\"\nkeepalive = \"leave\"\n"),
        Lines());
}

}  // namespace
}  // namespace kashim::test
