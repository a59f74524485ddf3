// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config_support.h"

namespace kashim::test {
namespace {

using policy::Direction;
using policy::PortRange;

const std::string kPort = "port must be a port from 1 to 65535, a range such as \"6000-6010\", or a list of them, not ";
const std::string kPeer =
    "peer must be an address such as \"192.0.2.7\", a network such as \"10.0.0.0/8\", or a list of "
    "them, not ";
const std::string kProgram =
    "program must be a pattern such as \"nginx\" or \"/opt/app/bin/*\", or a list of them, not ";
const std::string kCommand = "command must be a pattern such as \"*gunicorn*\", or a list of them, not ";
const std::string kDirection = "direction must be \"outbound\" or \"inbound\", not ";
const std::string kName = "name must be a text on one line, not empty, not ";

// One line of a rule, and what is said of its value, or of the first item of its list.
Complaint value(const char* sentence, const std::string& line, const std::string& said, std::size_t behind = 3)
{
    const std::size_t column = line.find('=') + behind;
    return {sentence, "[[rule]]\n" + line + "\n", {"FILE:2:" + std::to_string(column) + ": error: " + said}};
}

Complaint item(const char* sentence, const std::string& line, const std::string& said)
{
    return value(sentence, line, said, 4);
}

class ConfigMatchers : public testing::TestWithParam<Complaint> {};

TEST_P(ConfigMatchers, AreRefused)
{
    EXPECT_EQ(said_about(GetParam().text), GetParam().said);
}

INSTANTIATE_TEST_SUITE_P(Names, ConfigMatchers,
                         testing::Values(value("an empty name", "name = \"\"", kName + "\"\""),
                                         value("a name of two lines", "name = \"a\\nb\"", kName + "\"a?b\""),
                                         value("a name that is a number", "name = 5", kName + "5"),
                                         value("a name that is a list", "name = [\"a\"]", kName + "a list")),
                         NameOfComplaint());

INSTANTIATE_TEST_SUITE_P(
    Patterns, ConfigMatchers,
    testing::Values(value("a program that is a number", "program = 5", kProgram + "5"),
                    value("a program that is true", "program = true", kProgram + "true"),
                    value("a program that is empty", "program = \"\"",
                          kProgram + "\"\"; an empty pattern matches no program; leave the key out to match every one"),
                    value("an empty list of programs", "program = []",
                          "program is an empty list, which nothing matches; leave the key out to match everything"),
                    item("a number in a list of programs", "program = [5]", kProgram + "5"),
                    item("a list in a list of programs", "program = [[]]", kProgram + "a list"),
                    item("a table in a list of programs", "program = [{}]", kProgram + "a table"),
                    value("a program that is a table", "program = {}", kProgram + "a table"),
                    value("a command that is a number", "command = 5", kCommand + "5"),
                    item("an empty command in a list", "command = [\"\"]",
                         kCommand + "\"\"; an empty pattern matches no program; leave the key out to match every one"),
                    value("a command longer than a command line is compared",
                          "command = \"" + std::string(4097, 'b') + "\"",
                          kCommand + "\"" + std::string(80, 'b') + "...\"; more than 4096 bytes are never compared"),
                    item("a program of that length in a list", "program = [\"" + std::string(4097, 'b') + "\"]",
                         kProgram + "\"" + std::string(80, 'b') + "...\"; more than 4096 bytes are never compared"),
                    value("an empty list of commands", "command = []",
                          "command is an empty list, which nothing matches; leave the key out to match everything")),
    NameOfComplaint());

INSTANTIATE_TEST_SUITE_P(Direction, ConfigMatchers,
                         testing::Values(value("a direction that is misspelt", "direction = \"outbond\"",
                                               kDirection + "\"outbond\"; did you mean \"outbound\"?"),
                                         value("a direction that is both", "direction = \"both\"",
                                               kDirection + "\"both\"; leave the key out for both"),
                                         value("a direction that is a list", "direction = [\"inbound\", \"outbound\"]",
                                               kDirection + "a list; leave the key out for both"),
                                         value("a direction that is true", "direction = true",
                                               kDirection + "true; leave the key out for both")),
                         NameOfComplaint());

INSTANTIATE_TEST_SUITE_P(
    Ports, ConfigMatchers,
    testing::Values(value("a port of zero", "port = 0", kPort + "0"),
                    value("a port below zero", "port = -1", kPort + "-1"),
                    value("a port that is too large", "port = 65536", kPort + "65536"),
                    value("a port that is a fraction", "port = 80.5", kPort + "80.5"),
                    value("a port that is true", "port = true", kPort + "true"),
                    value("a port that is empty", "port = \"\"", kPort + "\"\""),
                    value("a port with a name", "port = \"http\"", kPort + "\"http\"; service names are not looked up"),
                    value("a range that runs backwards", "port = \"6010-6000\"",
                          kPort + "\"6010-6000\"; the range runs backwards"),
                    value("a range that begins with zero", "port = \"0-5\"", kPort + "\"0-5\""),
                    value("a range that has no end", "port = \"5-\"", kPort + "\"5-\""),
                    value("an empty list of ports", "port = []",
                          "port is an empty list, which nothing matches; leave the key out to match everything"),
                    item("a wrong port in a list", "port = [0, 80]", kPort + "0"),
                    item("a list in a list of ports", "port = [[80]]", kPort + "a list"),
                    value("a table of ports", "port = {}", kPort + "a table"),
                    Complaint{"every wrong port of a list",
                              "[[rule]]\nport = [\n  80,\n  70000,\n  \"a\" ]\n",
                              {"FILE:4:3: error: " + kPort + "70000",
                               "FILE:5:3: error: " + kPort + "\"a\"; service names are not looked up"}}),
    NameOfComplaint());

INSTANTIATE_TEST_SUITE_P(
    Peers, ConfigMatchers,
    testing::Values(value("a peer that is a number", "peer = 10", kPeer + "10"),
                    value("a peer that is a fraction", "peer = 10.1", kPeer + "10.1"),
                    value("a peer that is empty", "peer = \"\"", kPeer + "\"\""),
                    value("a peer with a part too few", "peer = \"10.0.0\"", kPeer + "\"10.0.0\""),
                    value("a peer with a name", "peer = \"example.com\"",
                          kPeer + "\"example.com\"; host names are not looked up"),
                    value("a peer with a zone", "peer = \"fe80::1%eth0\"",
                          kPeer + "\"fe80::1%eth0\"; a zone such as %eth0 is not part of the address"),
                    value("a peer in brackets", "peer = \"[::1]:80\"",
                          kPeer + "\"[::1]:80\"; no brackets, and the port has a key of its own"),
                    value("a prefix that is missing", "peer = \"10.0.0.0/\"",
                          kPeer + "\"10.0.0.0/\"; behind the / stands the length of the prefix in bits"),
                    value("a prefix that is a mask", "peer = \"10.0.0.0/255.0.0.0\"",
                          kPeer + "\"10.0.0.0/255.0.0.0\"; behind the / stands the length of the prefix in bits"),
                    value("a prefix that is too long", "peer = \"10.0.0.0/33\"",
                          kPeer + "\"10.0.0.0/33\"; an IPv4 prefix has at most 32 bits"),
                    value("a prefix that is too long for IPv6", "peer = \"fd00::/129\"",
                          kPeer + "\"fd00::/129\"; an IPv6 prefix has at most 128 bits"),
                    value("a mapped network beyond IPv4", "peer = \"::ffff:0:0/90\"",
                          kPeer + "\"::ffff:0:0/90\"; write an IPv4-mapped network as IPv4"),
                    value("an empty list of peers", "peer = []",
                          "peer is an empty list, which nothing matches; leave the key out to match everything"),
                    item("a number in a list of peers", "peer = [10]", kPeer + "10")),
    NameOfComplaint());

std::string list_of(unsigned size, const std::string& first, const std::string& last)
{
    std::string list = "[";
    for (unsigned i = 0; i < size; ++i)
        list += first + std::to_string(i % 250 + 1) + last + ", ";
    return list + "]";
}

TEST(ConfigPairs, MoreThanARuleMayHaveAreRefused)
{
    const std::string text =
        "\n[[rule]]\nport = " + list_of(257, "", "") + "\npeer = " + list_of(256, "\"10.0.0.", "\"") + "\n";
    EXPECT_EQ(said_about(text),
              Lines{"FILE:2:1: error: 257 ports x 256 peers are more than 65536 pairs; split the rule, or name ranges "
                    "and larger networks"});
}

TEST(ConfigPairs, AsManyAsARuleMayHaveAreTaken)
{
    const std::string text =
        "[[rule]]\nport = " + list_of(256, "", "") + "\npeer = " + list_of(256, "\"10.0.0.", "\"") + "\n";
    EXPECT_EQ(rules_of(text).rules[0].peers.size(), 256u);
}

TEST(ConfigPairs, ALongListAloneCountsForItself)
{
    EXPECT_EQ(
        said_about("[[rule]]\nport = " + list_of(65'537, "", "") + "\n"),
        Lines{"FILE:1:1: error: 65537 ports x 0 peers are more than 65536 pairs; split the rule, or name ranges and "
              "larger networks"});
}

// What all rules together may cost: every program on the host compiles them.

constexpr std::string_view kCostly =
    "come to more than 524288 pairs of a piece of a port range and a peer, which would make every program start late; "
    "name fewer ranges, or larger networks";

// Rules of 104 pieces (see policy::cost) with 100 peers each: 51 rules are too many.
std::string rules_of_10400(int rules)
{
    std::string text;
    for (int i = 0; i < rules; ++i) {
        text += "[[rule]]\nport = \"1-65534\"\npeer = [";
        for (int peer = 0; peer < 100; ++peer)
            text += (peer == 0 ? "\"10.0." : ", \"10.0.") + std::to_string(i) + "." + std::to_string(peer) + "\"";
        text += "]\n";
    }
    return text;
}

TEST(ConfigCost, RulesThatTogetherCostTooMuchAreRefusedOnceAtTheRuleThatPassesTheLimit)
{
    const config::Parsed parsed = config::parse(rules_of_10400(53), config::Warnings::no);
    EXPECT_EQ(lines_of("FILE", parsed.findings),
              Lines{"FILE:151:1: error: the rules up to this one " + std::string(kCostly)});
}

TEST(ConfigCost, AsMuchAsAllRulesMayCostIsTaken)
{
    EXPECT_EQ(rules_of(rules_of_10400(50)).rules.size(), 50u);
}

TEST(ConfigCost, AsManyRulesAsAFileCanHoldAreTakenIfEachIsSimple)
{
    std::string text;
    for (int i = 0; i < 70000; ++i)
        text += "[[rule]]\nport = " + std::to_string(i % 65535 + 1) + "\n";
    EXPECT_EQ(rules_of(text).rules.size(), 70000u);
}

policy::Rule rule_with(std::string_view lines)
{
    return rules_of("[[rule]]\n" + std::string(lines) + "\n").rules.at(0);
}

TEST(ConfigGoodMatchers, WhatIsAbsentMatchesEverything)
{
    const policy::Rule rule = rule_with("");
    EXPECT_TRUE(rule.unconditional());
    EXPECT_EQ(rule.selector, policy::Selector());
    EXPECT_EQ(rule.name, "");
}

TEST(ConfigGoodMatchers, OneItemNeedsNoList)
{
    const policy::Rule rule = rule_with("program = \"nginx\"\ncommand = \"*x*\"\nport = 80\npeer = \"10.0.0.0/8\"");
    EXPECT_EQ(rule.selector.programs, Lines{"nginx"});
    EXPECT_EQ(rule.selector.commands, Lines{"*x*"});
    EXPECT_EQ(rule.ports, std::vector{(PortRange{80, 80})});
    EXPECT_EQ(rule.peers, std::vector{policy::Network::around(policy::Address::ipv4(0x0a000000), 8)});
}

TEST(ConfigGoodMatchers, ListsKeepTheirOrder)
{
    const policy::Rule rule = rule_with("program = [\"b\", \"a\"]\nport = [5432, \"6000-6010\", \"80\"]");
    EXPECT_EQ(rule.selector.programs, (Lines{"b", "a"}));
    EXPECT_EQ(rule.ports, (std::vector{PortRange{5432, 5432}, PortRange{6000, 6010}, PortRange{80, 80}}));
}

TEST(ConfigGoodMatchers, ADirectionIsOneOfTwo)
{
    EXPECT_EQ(rule_with("direction = \"outbound\"").direction, Direction::outbound);
    EXPECT_EQ(rule_with("direction = \"inbound\"").direction, Direction::inbound);
}

}  // namespace
}  // namespace kashim::test
