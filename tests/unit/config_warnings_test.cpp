// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config_support.h"

namespace kashim::test {
namespace {

class ConfigWarnings : public testing::TestWithParam<Complaint> {};

TEST_P(ConfigWarnings, AreGiven)
{
    EXPECT_EQ(said_about(GetParam().text), GetParam().said);
}

std::string two_rules(std::string_view earlier, std::string_view later)
{
    return "[[rule]]\n" + std::string(earlier) + "\n[[rule]]\n" + std::string(later) + "\n";
}

// Both rules are written in one line each.
Complaint hidden(const char* sentence, std::string_view earlier, std::string_view later)
{
    return {
        sentence,
        two_rules(earlier, later),
        {"FILE:3:1: warning: the rule in line 3 is never reached; the rule in line 1 matches everything it matches"}};
}

Complaint seen(const char* sentence, std::string_view earlier, std::string_view later)
{
    return {sentence, two_rules(earlier, later), {}};
}

INSTANTIATE_TEST_SUITE_P(
    HiddenRules, ConfigWarnings,
    testing::Values(
        hidden("a rule behind one that matches everything", "", "port = 5"),
        hidden("a rule behind its twin", "port = 5", "port = 5"),
        hidden("a program in an earlier list", "program = [\"a\", \"b\"]", "program = \"b\""),
        hidden("a list that an earlier one holds in another order", "command = [\"a*\", \"b*\", \"c*\"]",
               "command = [\"c*\", \"a*\", \"c*\"]"),
        hidden("a direction behind both", "port = 5", "direction = \"inbound\"\nport = 5"),
        hidden("a port inside an earlier range", "port = \"1-10\"", "port = [3, \"9-10\"]"),
        hidden("a range across two earlier ones that touch", "port = [\"11-20\", \"1-10\"]", "port = \"5-15\""),
        hidden("an address inside an earlier network", "peer = [\"fd00::/8\", \"10.0.0.0/8\"]",
               "peer = [\"10.9.9.9\", \"fd00::1\"]"),
        hidden("a network that two earlier halves make up", "peer = [\"10.128.0.0/9\", \"10.0.0.0/9\"]",
               "peer = \"10.0.0.0/8\""),
        hidden("an IPv6 network that two earlier halves make up", "peer = [\"fd00:0:0:0:8000::/65\", \"fd00::/65\"]",
               "peer = \"fd00::/64\""),
        hidden("a mapped address behind an IPv4 network", "peer = \"10.0.0.0/8\"", "peer = \"::ffff:10.1.1.1\""),
        seen("a rule before one that matches everything", "port = 5", ""),
        seen("a rule with a matcher that the earlier one has too but narrower", "port = 5", "port = \"5-6\""),
        seen("a rule for another program", "program = \"a\"", "program = \"b\""),
        seen("a rule for one program more", "program = \"a\"", "program = [\"a\", \"b\"]"),
        seen("a rule for all programs", "program = \"a\"", "command = \"a*\""),
        seen("a rule for both directions behind one of them", "direction = \"inbound\"\nport = 5", "port = 5"),
        seen("a rule for the other direction", "direction = \"inbound\"", "direction = \"outbound\""),
        seen("a range across a gap", "port = [\"1-10\", \"12-20\"]", "port = \"5-15\""),
        seen("a larger network", "peer = \"10.0.0.0/9\"", "peer = \"10.0.0.0/8\""),
        seen("a network of the other version", "peer = \"0.0.0.0/0\"", "peer = \"::/0\""),
        seen("everything of IPv6 behind both halves of IPv4", "peer = [\"0.0.0.0/1\", \"128.0.0.0/1\"]",
             "peer = \"::/96\""),
        seen("a pattern that another pattern covers in truth", "program = \"*\"", "program = \"nginx\""),
        Complaint{
            "a hidden rule with both names and lines",
            "[[rule]]\nport = 1\n[[rule]]\nname = \"all\"\n\n[[rule]]\nname = \"some\"\nport = 5\n",
            {"FILE:6:1: warning: the rule \"some\" in line 6 is never reached; the rule \"all\" in line 3 matches "
             "everything it matches"}},
        Complaint{
            "a name that is taken",
            "[[rule]]\nname = \"a\"\nport = 1\n[[rule]]\nname = \"b\"\nport = 2\n[[rule]]\nname = \"a\"\nport = 3\n",
            {"FILE:7:1: warning: the rule in line 1 has the name \"a\" too"}}),
    NameOfComplaint());

const std::string kStalledReader =
    "a user_timeout also ends a connection whose peer is alive but does not read for so long";

std::string connect_too(const std::string& limit)
{
    return "user_timeout " + limit + " also limits connect(), which otherwise waits for about 130 s";
}

std::string warning(const std::string& place, const std::string& text)
{
    return "FILE:" + place + ": warning: " + text;
}

INSTANTIATE_TEST_SUITE_P(
    UserTimeout, ConfigWarnings,
    testing::Values(
        Complaint{"any user timeout once",
                  "[defaults]\nuser_timeout = \"210s\"\n[[rule]]\nport = 1\nuser_timeout = \"auto\"\n",
                  {warning("2:16", kStalledReader)}},
        Complaint{"the first one in the text is named",
                  "[[rule]]\nport = 1\nuser_timeout = \"auto\"\n[defaults]\nuser_timeout = \"auto\"\n",
                  {warning("3:16", kStalledReader)}},
        Complaint{"one that is off is none", "[defaults]\nuser_timeout = \"off\"\n", {}},
        Complaint{"auto without keepalive is off", "[defaults]\nkeepalive = false\nuser_timeout = \"auto\"\n", {}},
        Complaint{
            "one that a single lost probe reaches",
            "[defaults]\nidle = 100\ninterval = 60\nuser_timeout = \"159999ms\"\n",
            {warning("4:16", kStalledReader),
             warning("4:16", "user_timeout 159999 ms is not above idle + interval, 160 s: one lost probe ends the "
                             "connection; \"auto\" is dead_after, 400 s")}},
        Complaint{"one that ends with the second probe",
                  "[defaults]\nidle = 100\ninterval = 60\nuser_timeout = \"160s\"\n",
                  {warning("4:16", kStalledReader),
                   warning("4:16", "user_timeout 160 s is not above idle + interval, 160 s: one lost probe ends the "
                                   "connection; \"auto\" is dead_after, 400 s")}},
        Complaint{
            "one that is not dead after",
            "[defaults]\nuser_timeout = \"150s\"\n",
            {warning("2:16", kStalledReader),
             warning("2:16", "user_timeout 150 s is not dead_after, 210 s: it ends an idle connection in place of "
                             "count; \"auto\" keeps the two equal")}},
        Complaint{
            "one above dead after",
            "[defaults]\nuser_timeout = \"5m\"\n",
            {warning("2:16", kStalledReader),
             warning("2:16", "user_timeout 300 s is not dead_after, 210 s: it ends an idle connection in place of "
                             "count; \"auto\" keeps the two equal")}},
        Complaint{"without keepalive there is no idle death to compare",
                  "[defaults]\nkeepalive = false\nuser_timeout = \"150s\"\n",
                  {warning("3:16", kStalledReader)}},
        Complaint{"one that connect reaches first",
                  "[defaults]\ndead_after = \"129s\"\nuser_timeout = \"129s\"\n",
                  {warning("3:16", kStalledReader), warning("3:16", connect_too("129 s"))}},
        Complaint{"one that connect does not reach",
                  "[defaults]\ndead_after = \"130s\"\nuser_timeout = \"130s\"\n",
                  {warning("3:16", kStalledReader)}},
        Complaint{"auto that connect reaches first",
                  "[defaults]\ndead_after = \"45s\"\nuser_timeout = \"auto\"\n",
                  {warning("3:16", kStalledReader), warning("3:16", connect_too("45 s"))}},
        Complaint{"connect is no matter of inbound rules",
                  "[[rule]]\ndirection = \"inbound\"\ndead_after = \"45s\"\nuser_timeout = \"auto\"\n",
                  {warning("4:16", kStalledReader)}},
        Complaint{"an inherited one beside times of the rule",
                  "[defaults]\nuser_timeout = \"210s\"\n[[rule]]\nidle = \"2m\"\n",
                  {warning("2:16", kStalledReader),
                   warning("3:1", "user_timeout 210 s is not dead_after, 270 s: it ends an idle connection in place of "
                                  "count; \"auto\" keeps the two equal")}},
        Complaint{"an inherited auto that follows the times of the rule",
                  "[defaults]\nuser_timeout = \"auto\"\n[[rule]]\ndead_after = \"45s\"\n",
                  {warning("2:16", kStalledReader), warning("3:1", connect_too("45 s"))}},
        Complaint{
            "what a rule inherits as a whole is not said again",
            "[defaults]\nuser_timeout = \"100s\"\n[[rule]]\nport = 1\n",
            {warning("2:16", kStalledReader), warning("2:16", connect_too("100 s")),
             warning("2:16", "user_timeout 100 s is not dead_after, 210 s: it ends an idle connection in place of "
                             "count; \"auto\" keeps the two equal")}}),
    NameOfComplaint());

INSTANTIATE_TEST_SUITE_P(
    Networks, ConfigWarnings,
    testing::Values(
        Complaint{"a network with bits behind its prefix",
                  "[[rule]]\npeer = [\"10.1.2.3/8\", \"fd00::1/8\"]\n",
                  {warning("2:9", "peer \"10.1.2.3/8\" has bits set behind its prefix; it means \"10.0.0.0/8\""),
                   warning("2:23", "peer \"fd00::1/8\" has bits set behind its prefix; it means \"fd00::/8\"")}},
        Complaint{"a mapped network with bits behind its prefix",
                  "[[rule]]\npeer = \"::ffff:10.1.2.3/104\"\n",
                  {warning("2:8", "peer \"::ffff:10.1.2.3/104\" has bits set behind its prefix; it means "
                                  "\"10.0.0.0/8\"")}}),
    NameOfComplaint());

TEST(ConfigWarningsAndErrors, StandTogetherInTheOrderOfTheText)
{
    EXPECT_EQ(
        said_about("[[rule]]\nport = 0\npeer = \"10.1.2.3/8\"\nport2 = 5\n"),
        (Lines{"FILE:2:8: error: port must be a port from 1 to 65535, a range such as \"6000-6010\", or a list of "
               "them, not 0",
               "FILE:3:8: warning: peer \"10.1.2.3/8\" has bits set behind its prefix; it means \"10.0.0.0/8\"",
               "FILE:4:1: error: unknown key \"port2\" in [[rule]]; did you mean \"port\"?"}));
}

TEST(ConfigWarningsAndErrors, WhatIsWrongHidesNoOtherRule)
{
    EXPECT_EQ(said_about("[[rule]]\nport = 0\n[[rule]]\nport = 5\n"),
              Lines{"FILE:2:8: error: port must be a port from 1 to 65535, a range such as \"6000-6010\", or a list of "
                    "them, not 0"});
}

TEST(ConfigWarningsAndErrors, WarningsAloneLeaveTheFileGood)
{
    const config::Parsed parsed = config::parse("[[rule]]\n[[rule]]\n", config::Warnings::yes);
    EXPECT_EQ(parsed.findings.size(), 1u);
    EXPECT_TRUE(parsed.good());
}

TEST(ConfigWarningsAndErrors, WhereComparingRulesWouldTakeTooLongItIsSaid)
{
    std::string text;
    for (int i = 0; i < 30'000; ++i)
        text += "[[rule]]\nprogram = \"" + std::to_string(i) + "\"\n";
    EXPECT_EQ(said_about(text),
              Lines{"FILE:40003:1: warning: from here on it is not looked whether an earlier rule hides "
                    "one: there are too many rules to compare"});
}

TEST(ConfigWarningsAndErrors, WhoDoesNotAskIsNotToldOfHiddenRules)
{
    EXPECT_TRUE(config::parse("[[rule]]\n[[rule]]\n", config::Warnings::no).findings.empty());
}

}  // namespace
}  // namespace kashim::test
