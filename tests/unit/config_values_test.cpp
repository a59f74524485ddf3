// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config_support.h"

namespace kashim::test {
namespace {

using policy::App;
using policy::Keepalive;
using policy::Settings;
using policy::UserTimeout;

const std::string kTime = " must be a time from 1 to 32767 seconds (\"60s\", \"2m\", \"1h30m\" or 60), not ";
const std::string kBudget =
    "dead_after must be a time from 2 to 4194176 seconds (\"45s\", \"2m\", \"1h30m\" or 45), not ";
const std::string kCount = "count must be a whole number from 1 to 127, not ";
const std::string kKeepalive = "keepalive must be true, false or \"leave\", not ";
const std::string kApp = "app must be \"respect\", \"cap\" or \"override\", not ";
const std::string kUserTimeout = "user_timeout must be \"off\", \"auto\" or a time with its unit from 1 ms to "
                                 "2147483647 ms (\"45s\", \"1500ms\"), not ";

// One line of [defaults], and what is said of its value.
Complaint value(const char* sentence, const std::string& line, const std::string& said)
{
    const std::size_t column = line.find('=') + 3;
    return {sentence, "[defaults]\n" + line + "\n", {"FILE:2:" + std::to_string(column) + ": error: " + said}};
}

class ConfigValues : public testing::TestWithParam<Complaint> {};

TEST_P(ConfigValues, AreRefused)
{
    EXPECT_EQ(said_about(GetParam().text), GetParam().said);
}

INSTANTIATE_TEST_SUITE_P(
    Keepalive, ConfigValues,
    testing::Values(
        value("a keepalive in quotes", "keepalive = \"true\"", kKeepalive + "\"true\"; write true, without quotes"),
        value("a keepalive that is off", "keepalive = \"off\"", kKeepalive + "\"off\"; write false, without quotes"),
        value("a keepalive that is a number", "keepalive = 1", kKeepalive + "1; write true, without quotes"),
        value("a keepalive that is zero", "keepalive = 0", kKeepalive + "0; write false, without quotes"),
        value("a keepalive that is misspelt", "keepalive = \"leav\"", kKeepalive + "\"leav\"; did you mean \"leave\"?"),
        value("a keepalive that is another number", "keepalive = 2", kKeepalive + "2"),
        value("a keepalive that is a fraction", "keepalive = 1.0", kKeepalive + "1.0"),
        value("a keepalive that is a date", "keepalive = 2024-02-29", kKeepalive + "2024-02-29"),
        value("a keepalive that is a list", "keepalive = [true]", kKeepalive + "a list"),
        value("a keepalive that is a table", "keepalive = {}", kKeepalive + "a table")),
    NameOfComplaint());

INSTANTIATE_TEST_SUITE_P(
    Times, ConfigValues,
    testing::Values(
        value("an idle of zero", "idle = 0", "idle" + kTime + "0"),
        value("an idle of zero seconds", "idle = \"0s\"", "idle" + kTime + "\"0s\""),
        value("an idle below zero", "idle = -1", "idle" + kTime + "-1"),
        value("an idle that is too long", "idle = 32768", "idle" + kTime + "32768"),
        value("an idle of ten hours", "idle = \"10h\"", "idle" + kTime + "\"10h\""),
        value("an idle beyond sixty four bits", "idle = 9223372036854775807", "idle" + kTime + "9223372036854775807"),
        value("an idle beyond every number", "idle = \"99999999999999999999s\"",
              "idle" + kTime + "\"99999999999999999999s\""),
        value("an idle that is a fraction", "idle = 0.5", "idle" + kTime + "0.5; whole seconds only"),
        value("an idle that is a fraction in quotes", "idle = \"1.5s\"",
              "idle" + kTime + "\"1.5s\"; whole seconds only"),
        value("an idle in milliseconds", "idle = \"1500ms\"", "idle" + kTime + "\"1500ms\"; whole seconds only"),
        value("an idle that is infinite", "idle = inf", "idle" + kTime + "inf"),
        value("an idle with an unknown unit", "idle = \"5x\"",
              "idle" + kTime + "\"5x\"; \"x\" is no unit, h, m and s are"),
        value("an idle whose last number has no unit", "idle = \"1h30\"",
              "idle" + kTime + "\"1h30\"; the last number has no unit"),
        value("an idle with units in another order", "idle = \"5s2m\"",
              "idle" + kTime + "\"5s2m\"; units go from large to small, each once"),
        value("an idle that is a word", "idle = \"soon\"", "idle" + kTime + "\"soon\""),
        value("an idle that is empty", "idle = \"\"", "idle" + kTime + "\"\""),
        value("an idle that is true", "idle = true", "idle" + kTime + "true"),
        value("an idle that is a time of the day", "idle = 07:32:00", "idle" + kTime + "07:32:00"),
        value("an idle that is a list", "idle = [60]", "idle" + kTime + "a list"),
        value("an idle that is a table", "idle = {s = 60}", "idle" + kTime + "a table"),
        value("an interval of zero", "interval = 0", "interval" + kTime + "0"),
        value("an interval that is too long", "interval = \"32768s\"", "interval" + kTime + "\"32768s\""),
        value("an interval that is false", "interval = false", "interval" + kTime + "false"),
        value("an interval that is a list", "interval = []", "interval" + kTime + "a list"),
        value("a dead after of one", "dead_after = 1", kBudget + "1"),
        value("a dead after beyond all values", "dead_after = 4194177", kBudget + "4194177"),
        value("a dead after in milliseconds", "dead_after = \"45000ms\"", kBudget + "\"45000ms\"; whole seconds only"),
        value("a dead after that is a word", "dead_after = \"auto\"", kBudget + "\"auto\""),
        value("a dead after that is true", "dead_after = true", kBudget + "true"),
        value("a dead after that is a table", "dead_after = {}", kBudget + "a table")),
    NameOfComplaint());

INSTANTIATE_TEST_SUITE_P(Count, ConfigValues,
                         testing::Values(value("a count of zero", "count = 0", kCount + "0"),
                                         value("a count that is too large", "count = 128", kCount + "128"),
                                         value("a count below zero", "count = -3", kCount + "-3"),
                                         value("a count in quotes", "count = \"5\"",
                                               kCount + "\"5\"; write it without quotes"),
                                         value("a count that is a word", "count = \"five\"", kCount + "\"five\""),
                                         value("a count that is a fraction", "count = 5.0", kCount + "5.0"),
                                         value("a count that is true", "count = true", kCount + "true"),
                                         value("a count that is a list", "count = [5]", kCount + "a list")),
                         NameOfComplaint());

INSTANTIATE_TEST_SUITE_P(
    UserTimeout, ConfigValues,
    testing::Values(
        value("a user timeout without a unit", "user_timeout = 45",
              kUserTimeout + "45; give the unit, \"45s\" or \"45ms\""),
        value("a user timeout in quotes without a unit", "user_timeout = \"45\"",
              kUserTimeout + "\"45\"; give the unit, \"45s\" or \"45ms\""),
        value("a user timeout of zero", "user_timeout = 0", kUserTimeout + "0; write \"off\" for no limit"),
        value("a user timeout of zero seconds", "user_timeout = \"0s\"",
              kUserTimeout + "\"0s\"; write \"off\" for no limit"),
        value("a user timeout that is false", "user_timeout = false", kUserTimeout + "false; write \"off\""),
        value("a user timeout that is true", "user_timeout = true", kUserTimeout + "true"),
        value("a user timeout below zero", "user_timeout = -5", kUserTimeout + "-5"),
        value("a user timeout that is too long", "user_timeout = \"2147483648ms\"", kUserTimeout + "\"2147483648ms\""),
        value("a user timeout of a thousand hours", "user_timeout = \"1000h\"", kUserTimeout + "\"1000h\""),
        value("a user timeout that is a fraction", "user_timeout = \"1.5s\"",
              kUserTimeout + "\"1.5s\"; no fractions, take a smaller unit"),
        value("a user timeout with an unknown unit", "user_timeout = \"5us\"",
              kUserTimeout + "\"5us\"; \"us\" is no unit, h, m, s and ms are"),
        value("a user timeout that is misspelt", "user_timeout = \"auot\"",
              kUserTimeout + "\"auot\"; did you mean \"auto\"?"),
        value("a user timeout that is a list", "user_timeout = []", kUserTimeout + "a list")),
    NameOfComplaint());

INSTANTIATE_TEST_SUITE_P(App, ConfigValues,
                         testing::Values(value("an app that is misspelt", "app = \"overide\"",
                                               kApp + "\"overide\"; did you mean \"override\"?"),
                                         value("an app that is another word", "app = \"always\"", kApp + "\"always\""),
                                         value("an app that is true", "app = true", kApp + "true"),
                                         value("an app that is a number", "app = 1", kApp + "1"),
                                         value("an app that is a list", "app = [\"cap\"]", kApp + "a list")),
                         NameOfComplaint());

INSTANTIATE_TEST_SUITE_P(
    Places, ConfigValues,
    testing::Values(Complaint{"the place counts code points and not bytes",
                              "rule = [{name = \"Grüße €\", count = 0}]\n",
                              {"FILE:1:36: error: " + kCount + "0"}},
                    Complaint{"several in one table, in the order of the text",
                              "[defaults]\ninterval = 0\nidle = 0\ncount = 0\n",
                              {"FILE:2:12: error: interval" + kTime + "0", "FILE:3:8: error: idle" + kTime + "0",
                               "FILE:4:9: error: " + kCount + "0"}},
                    Complaint{"the same in a rule", "[[rule]]\ncount = 0\n", {"FILE:2:9: error: " + kCount + "0"}}),
    NameOfComplaint());

Settings defaults_with(std::string_view line)
{
    return rules_of("[defaults]\n" + std::string(line) + "\n").defaults;
}

TEST(ConfigGoodValues, KeepaliveHasThree)
{
    EXPECT_EQ(defaults_with("keepalive = true").keepalive, Keepalive::on);
    EXPECT_EQ(defaults_with("keepalive = false").keepalive, Keepalive::off);
    EXPECT_EQ(defaults_with("keepalive = \"leave\"").keepalive, Keepalive::leave);
}

TEST(ConfigGoodValues, ATimeMayBeWrittenInManyWays)
{
    for (const char* line : {"idle = 90", "idle = \"90\"", "idle = \"90s\"", "idle = \"1m30s\"", "idle = 0x5a"})
        EXPECT_EQ(defaults_with(line).idle.count(), 90) << line;
    EXPECT_EQ(defaults_with("interval = \"2m\"").interval.count(), 120);
}

TEST(ConfigGoodValues, TimesReachBothEndsOfTheKernel)
{
    EXPECT_EQ(defaults_with("idle = 1").idle.count(), 1);
    EXPECT_EQ(defaults_with("idle = 32767").idle.count(), 32767);
    EXPECT_EQ(defaults_with("interval = \"9h6m7s\"").interval.count(), 32767);
    EXPECT_EQ(defaults_with("count = 1").count, 1);
    EXPECT_EQ(defaults_with("count = 127").count, 127);
}

TEST(ConfigGoodValues, UserTimeoutIsAWordOrATime)
{
    using Kind = UserTimeout::Kind;
    EXPECT_EQ(defaults_with("user_timeout = \"off\"").user_timeout, UserTimeout());
    EXPECT_EQ(defaults_with("user_timeout = \"auto\"").user_timeout, (UserTimeout{Kind::automatic, {}}));
    EXPECT_EQ(defaults_with("user_timeout = \"1ms\"").user_timeout,
              (UserTimeout{Kind::fixed, policy::Milliseconds(1)}));
    EXPECT_EQ(defaults_with("user_timeout = \"1m1s500ms\"").user_timeout,
              (UserTimeout{Kind::fixed, policy::Milliseconds(61'500)}));
    EXPECT_EQ(defaults_with("user_timeout = \"2147483647ms\"").user_timeout,
              (UserTimeout{Kind::fixed, policy::kLargestUserTimeout}));
}

TEST(ConfigGoodValues, AppHasThree)
{
    EXPECT_EQ(defaults_with("app = \"respect\"").app, App::respect);
    EXPECT_EQ(defaults_with("app = \"cap\"").app, App::cap);
    EXPECT_EQ(defaults_with("app = \"override\"").app, App::override);
}

}  // namespace
}  // namespace kashim::test
