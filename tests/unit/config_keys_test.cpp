// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config_support.h"

namespace kashim::test {
namespace {

class ConfigKeys : public testing::TestWithParam<Complaint> {};

TEST_P(ConfigKeys, AreRefused)
{
    EXPECT_EQ(said_about(GetParam().text), GetParam().said);
}

INSTANTIATE_TEST_SUITE_P(
    Names, ConfigKeys,
    testing::Values(
        Complaint{"a misspelt key with the one that was meant",
                  "\n[defaults]\nidel = 5\n",
                  {"FILE:3:1: error: unknown key \"idel\" in [defaults]; did you mean \"idle\"?"}},
        Complaint{"a misspelt key of a rule",
                  "[[rule]]\n  ports = 5\n",
                  {"FILE:2:3: error: unknown key \"ports\" in [[rule]]; did you mean \"port\"?"}},
        Complaint{"an unknown key of defaults with all there are",
                  "[defaults]\ncolour = 5\n",
                  {"FILE:2:1: error: unknown key \"colour\" in [defaults]; expected keepalive, idle, interval, count, "
                   "user_timeout, app or dead_after"}},
        Complaint{"an unknown key of a rule with all there are",
                  "[[rule]]\ncolour = 5\n",
                  {"FILE:2:1: error: unknown key \"colour\" in [[rule]]; expected keepalive, idle, interval, count, "
                   "user_timeout, app, dead_after, name, program, command, direction, port or peer"}},
        Complaint{"a matcher is not suggested in defaults",
                  "[defaults]\nports = 5\n",
                  {"FILE:2:1: error: unknown key \"ports\" in [defaults]; expected keepalive, idle, interval, count, "
                   "user_timeout, app or dead_after"}},
        Complaint{
            "a matcher in defaults",
            "[defaults]\nport = 5\n",
            {"FILE:2:1: error: \"port\" cannot stand in [defaults]; it says which connections a [[rule]] is for"}},
        Complaint{"a dotted key that leads into something unknown",
                  "[defaults]\ntcp.idle = 5\n",
                  {"FILE:2:1: error: unknown key \"tcp\" in [defaults]; expected keepalive, idle, interval, count, "
                   "user_timeout, app or dead_after"}},
        Complaint{"a table inside a rule",
                  "[[rule]]\nport = 5\n[rule.match]\nidle = 5\n",
                  {"FILE:3:7: error: unknown key \"match\" in [[rule]]; expected keepalive, idle, interval, count, "
                   "user_timeout, app, dead_after, name, program, command, direction, port or peer"}},
        Complaint{"a key that looks like a terminal's command stays on its line",
                  "[defaults]\n\"\\u001b[2J\\n\" = 5\n",
                  {"FILE:2:1: error: unknown key \"?[2J?\" in [defaults]; expected keepalive, idle, interval, count, "
                   "user_timeout, app or dead_after"}},
        Complaint{
            "a misspelt table", "[default]\n", {"FILE:1:1: error: unknown table [default]; did you mean [defaults]?"}},
        Complaint{"a misspelt list of tables",
                  "[[rules]]\n",
                  {"FILE:1:1: error: unknown table [[rules]]; did you mean [[rule]]?"}},
        Complaint{
            "an unknown table", "[tcp]\n", {"FILE:1:1: error: unknown table [tcp]; expected [defaults] or [[rule]]"}},
        Complaint{"an unknown list of tables",
                  "[[tcp]]\n",
                  {"FILE:1:1: error: unknown table [[tcp]]; expected [defaults] or [[rule]]"}},
        Complaint{"single brackets around the only rule",
                  "[rule]\nidle = 5\n",
                  {"FILE:1:1: error: write [[rule]] with double brackets; there may be several"}},
        Complaint{"double brackets around defaults",
                  "[[defaults]]\nidle = 5\n",
                  {"FILE:1:1: error: write [defaults] with single brackets; there is only one"}},
        Complaint{"a value before every table",
                  "idle = 5\n",
                  {"FILE:1:1: error: \"idle\" stands outside of every table; write [defaults] or [[rule]] above it"}},
        Complaint{"a matcher before every table",
                  "port = 5\n",
                  {"FILE:1:1: error: \"port\" stands outside of every table; write [[rule]] above it"}},
        Complaint{"a misspelt key before every table",
                  "idel = 5\n",
                  {"FILE:1:1: error: unknown key \"idel\" outside of every table; did you mean \"idle\" in a table?"}},
        Complaint{"an unknown key before every table",
                  "colour = 5\n",
                  {"FILE:1:1: error: unknown key \"colour\" outside of every table; expected [defaults] or [[rule]]"}},
        Complaint{"defaults that are no table",
                  "defaults = 5\n",
                  {"FILE:1:1: error: \"defaults\" is a table; write [defaults] and its keys below"}},
        Complaint{"a rule that is no list",
                  "rule = 5\n",
                  {"FILE:1:1: error: \"rule\" is a list of tables; write [[rule]] and its keys below"}},
        Complaint{"a list of rules with something else in it",
                  "rule = [{}, 5]\n",
                  {"FILE:1:13: error: each item of \"rule\" is a table; write [[rule]] and its keys below"}},
        Complaint{"all of them at once, in the order of the text",
                  "[[rule]]\nzzz = 1\nidel = 5\n[[rulez]]\n[defaults]\ncont = 5\naap = \"cap\"\n",
                  {"FILE:2:1: error: unknown key \"zzz\" in [[rule]]; expected keepalive, idle, interval, count, "
                   "user_timeout, app, dead_after, name, program, command, direction, port or peer",
                   "FILE:3:1: error: unknown key \"idel\" in [[rule]]; did you mean \"idle\"?",
                   "FILE:4:1: error: unknown table [[rulez]]; did you mean [[rule]]?",
                   "FILE:6:1: error: unknown key \"cont\" in [defaults]; did you mean \"count\"?",
                   "FILE:7:1: error: unknown key \"aap\" in [defaults]; did you mean \"app\"?"}}),
    NameOfComplaint());

TEST(ConfigRules, MayBeWrittenInOneLine)
{
    const policy::RuleSet rules = rules_of("rule = [{name = \"a\", idle = 5}, {name = \"b\"}]\n");
    ASSERT_EQ(rules.rules.size(), 2u);
    EXPECT_EQ(rules.rules[0].name, "a");
    EXPECT_EQ(rules.rules[0].settings.idle.count(), 5);
    EXPECT_EQ(rules.rules[1].name, "b");
}

TEST(ConfigRules, MayBeAnEmptyList)
{
    EXPECT_TRUE(rules_of("rule = []\n").rules.empty());
}

TEST(ConfigRules, KnowTheirLineAndKeepTheirOrder)
{
    const policy::RuleSet rules = rules_of("[[rule]]\nport = 2\n\n[defaults]\n[[rule]]\nport = 1\n");
    ASSERT_EQ(rules.rules.size(), 2u);
    EXPECT_EQ(rules.rules[0].line, 1u);
    EXPECT_EQ(rules.rules[0].ports[0].first, 2);
    EXPECT_EQ(rules.rules[1].line, 5u);
    EXPECT_EQ(rules.defaults_line, 4u);
}

TEST(ConfigRules, WithoutDefaultsThereIsNoLineOfThem)
{
    EXPECT_EQ(rules_of("[[rule]]\n").defaults_line, 0u);
}

}  // namespace
}  // namespace kashim::test
