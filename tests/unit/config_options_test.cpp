// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/options.h"

#include "config_support.h"

namespace kashim::test {
namespace {

using config::parse_options;
using policy::App;
using policy::Keepalive;
using policy::Overlay;
using policy::Seconds;

Overlay overlay_of(std::string_view text)
{
    const config::ParsedOptions parsed = parse_options(text);
    EXPECT_EQ(lines_of(config::kOptionsName, parsed.findings), Lines());
    return parsed.overlay;
}

TEST(ConfigOptions, NothingIsSetByNothing)
{
    EXPECT_TRUE(overlay_of("").empty());
    EXPECT_TRUE(overlay_of(" \t\n ").empty());
}

TEST(ConfigOptions, EveryValueMayBeGiven)
{
    const Overlay overlay = overlay_of("keepalive=false idle=30s interval=5 count=7 user_timeout=auto app=cap");
    EXPECT_EQ(overlay.keepalive, Keepalive::off);
    EXPECT_EQ(overlay.idle, Seconds(30));
    EXPECT_EQ(overlay.interval, Seconds(5));
    EXPECT_EQ(overlay.count, 7);
    EXPECT_EQ(overlay.user_timeout, (policy::UserTimeout{policy::UserTimeout::Kind::automatic, {}}));
    EXPECT_EQ(overlay.app, App::cap);
}

TEST(ConfigOptions, WhatIsNotGivenIsNotSet)
{
    const Overlay overlay = overlay_of("  idle=1h30s");
    EXPECT_EQ(overlay.idle, Seconds(3630));
    EXPECT_FALSE(overlay.interval || overlay.count || overlay.user_timeout || overlay.app || overlay.keepalive);
}

TEST(ConfigOptions, AnyBlanksSeparate)
{
    const Overlay overlay = overlay_of("\tidle=1  interval=2\n count=3\r\n");
    EXPECT_EQ(overlay.idle, Seconds(1));
    EXPECT_EQ(overlay.interval, Seconds(2));
    EXPECT_EQ(overlay.count, 3);
}

TEST(ConfigOptions, ABudgetSetsAllThreeTimes)
{
    const Overlay overlay = overlay_of("dead_after=45s");
    EXPECT_EQ(overlay.idle, Seconds(25));
    EXPECT_EQ(overlay.interval, Seconds(5));
    EXPECT_EQ(overlay.count, 4);
}

TEST(ConfigOptions, ABudgetKeepsWhatStandsBesideIt)
{
    const Overlay overlay = overlay_of("dead_after=100 idle=60");
    EXPECT_EQ(overlay.idle, Seconds(60));
    EXPECT_EQ(overlay.interval, Seconds(10));
    EXPECT_EQ(overlay.count, 4);
}

TEST(ConfigOptions, MayLeave)
{
    EXPECT_EQ(overlay_of("keepalive=leave").keepalive, Keepalive::leave);
}

TEST(ConfigOptions, WithAnErrorNothingIsSet)
{
    EXPECT_TRUE(parse_options("idle=5 count=0").overlay.empty());
    EXPECT_FALSE(parse_options("idle=5 count=0").good());
}

class ConfigOptionErrors : public testing::TestWithParam<Complaint> {};

TEST_P(ConfigOptionErrors, AreExplained)
{
    EXPECT_EQ(lines_of(config::kOptionsName, parse_options(GetParam().text).findings), GetParam().said);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ConfigOptionErrors,
    testing::Values(
        Complaint{"a misspelt key",
                  "count=5 idel=5",
                  {"KASHIM_OPTIONS:1:9: error: unknown key \"idel\" in these options; did you mean \"idle\"?"}},
        Complaint{"an unknown key",
                  "colour=5",
                  {"KASHIM_OPTIONS:1:1: error: unknown key \"colour\" in these options; expected keepalive, idle, "
                   "interval, count, user_timeout, app or dead_after"}},
        Complaint{"a matcher",
                  "port=5",
                  {"KASHIM_OPTIONS:1:1: error: \"port\" cannot stand in these options; it says which connections a "
                   "[[rule]] is for"}},
        Complaint{"a word without an equals sign",
                  "idle=5 verbose",
                  {"KASHIM_OPTIONS:1:8: error: \"verbose\" is not key=value"}},
        Complaint{"blanks around the equals sign",
                  "idle = 5",
                  {"KASHIM_OPTIONS:1:1: error: \"idle\" is not key=value",
                   "KASHIM_OPTIONS:1:6: error: unknown key \"\" in these options; expected keepalive, idle, interval, "
                   "count, user_timeout, app or dead_after",
                   "KASHIM_OPTIONS:1:8: error: \"5\" is not key=value"}},
        Complaint{
            "a key given twice", "idle=5 idle=6", {"KASHIM_OPTIONS:1:8: error: \"idle\" is given twice; keep one"}},
        Complaint{"an empty value",
                  "count=",
                  {"KASHIM_OPTIONS:1:7: error: count must be a whole number from 1 to 127, not \"\""}},
        Complaint{"a value in quotes",
                  "app=\"cap\"",
                  {"KASHIM_OPTIONS:1:5: error: app must be \"respect\", \"cap\" or \"override\", not \"\"cap\"\""}},
        Complaint{"a value out of range",
                  "count=128",
                  {"KASHIM_OPTIONS:1:7: error: count must be a whole number from 1 to 127, not 128"}},
        Complaint{
            "a bare user timeout",
            "user_timeout=45",
            {"KASHIM_OPTIONS:1:14: error: user_timeout must be \"off\", \"auto\" or a time with its unit from 1 ms to "
             "2147483647 ms (\"45s\", \"1500ms\"), not 45; give the unit, \"45s\" or \"45ms\""}},
        Complaint{"values beside leave",
                  "keepalive=leave idle=5",
                  {"KASHIM_OPTIONS:1:17: error: idle cannot stand beside keepalive = \"leave\", which touches nothing; "
                   "remove one of them"}},
        Complaint{
            "a budget that cannot be met",
            "idle=60 dead_after=10",
            {"KASHIM_OPTIONS:1:20: error: dead_after 10 s cannot be met with idle 60 s; the nearest that can is 62 "
             "s"}},
        Complaint{"more than anybody has to say",
                  "idle=5" + std::string(4091, ' '),
                  {"KASHIM_OPTIONS:1:1: error: the value is longer than 4096 bytes"}},
        Complaint{"the place counts code points",
                  "ü=€ count=0",
                  {"KASHIM_OPTIONS:1:1: error: unknown key \"ü\" in these options; expected keepalive, idle, interval, "
                   "count, user_timeout, app or dead_after",
                   "KASHIM_OPTIONS:1:11: error: count must be a whole number from 1 to 127, not 0"}}),
    NameOfComplaint());

}  // namespace
}  // namespace kashim::test
