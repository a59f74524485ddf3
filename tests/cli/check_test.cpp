// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim check, as a user meets it: its whole output and its exit status.
#include "check_support.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace kashim::test {
namespace {

TEST_F(Check, AGoodFileIsCalledGood)
{
    expect(kashim({"check", file("[defaults]\nidle = 20\n")}), 0, "kashim.toml: good, warnings: 0\n");
}

TEST_F(Check, EveryErrorIsPrintedInTheOrderOfTheFileWithItsLineAndACaret)
{
    expect(kashim({"check", file("[defaults]\nidel = 20\ncount = 0\n\n[[rule]]\nport = \"http\"\n")}), 1,
           "kashim.toml:2:1: error: unknown key \"idel\" in [defaults]; did you mean \"idle\"?\n"
           "    2 | idel = 20\n"
           "      | ^\n"
           "kashim.toml:3:9: error: count must be a whole number from 1 to 127, not 0\n"
           "    3 | count = 0\n"
           "      |         ^\n"
           "kashim.toml:6:8: error: port must be a port from 1 to 65535, a range such as \"6000-6010\", or a list of "
           "them, not \"http\"; service names are not looked up\n"
           "    6 | port = \"http\"\n"
           "      |        ^\n"
           "kashim.toml: errors: 3, warnings: 0; programs would run without kashim\n");
}

TEST_F(Check, WarningsDoNotSpoilAFile)
{
    expect(kashim({"check", file("[[rule]]\npeer = \"10.0.0.1/8\"\nidle = 20\n")}), 0,
           "kashim.toml:2:8: warning: peer \"10.0.0.1/8\" has bits set behind its prefix; it means \"10.0.0.0/8\"\n"
           "    2 | peer = \"10.0.0.1/8\"\n"
           "      |        ^\n"
           "kashim.toml: good, warnings: 1\n");
}

TEST_F(Check, StrictTreatsWarningsAsErrors)
{
    expect(kashim({"check", "--strict", file("[[rule]]\npeer = \"10.0.0.1/8\"\nidle = 20\n")}), 1,
           "kashim.toml:2:8: error: peer \"10.0.0.1/8\" has bits set behind its prefix; it means \"10.0.0.0/8\" "
           "[--strict]\n"
           "    2 | peer = \"10.0.0.1/8\"\n"
           "      |        ^\n"
           "kashim.toml: errors: 0, warnings: 1; warnings are treated as errors\n");
}

TEST_F(Check, StrictFindsNothingWrongWhereThereIsNothingToSay)
{
    expect(kashim({"check", "--strict", file("")}), 0, "kashim.toml: good, warnings: 0\n");
}

TEST_F(Check, UnderStrictAFileWithErrorsIsStillSaidToBeOutOfForce)
{
    expect(kashim({"check", "--strict", file("[[rule]]\nport = 0\npeer = \"10.0.0.1/8\"\n")}), 1,
           "kashim.toml:2:8: error: port must be a port from 1 to 65535, a range such as \"6000-6010\", or a list of "
           "them, not 0\n"
           "    2 | port = 0\n"
           "      |        ^\n"
           "kashim.toml:3:8: error: peer \"10.0.0.1/8\" has bits set behind its prefix; it means \"10.0.0.0/8\" "
           "[--strict]\n"
           "    3 | peer = \"10.0.0.1/8\"\n"
           "      |        ^\n"
           "kashim.toml: errors: 1, warnings: 1; programs would run without kashim\n");
}

TEST_F(Check, AFileThatIsNotThereIsSaid)
{
    expect(kashim({"check", "none.toml"}), 2, "none.toml: error: it does not exist\n");
}

TEST_F(Check, AnEmptyNameDoesNotMeanTheFileThatWouldBeFound)
{
    const Result result = kashim({"check", ""}, {"KASHIM_CONFIG=" + file("")});
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find("it names no file"), std::string::npos) << result;
}

TEST_F(Check, AFolderIsNoFile)
{
    expect(kashim({"check", folder()}), 2,
           folder() + ": error: it is not a regular file; a configuration must be one\n");
}

TEST_F(Check, APipeThatIsNamedIsRefusedAndNotWaitedFor)
{
    const std::string path = folder() + "/pipe";
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    expect(kashim({"check", "pipe"}), 2, "pipe: error: it is not a regular file; a configuration must be one\n");
}

TEST_F(Check, AFileNameCannotSpeakToTheTerminal)
{
    expect(kashim({"check", "a\x1b[31m\xff.toml"}), 2, "a<U+001B>[31m<ff>.toml: error: it does not exist\n");
}

TEST_F(Check, WithoutANameTheFileOfTheEnvironmentIsChecked)
{
    expect(kashim({"check"}, {"KASHIM_CONFIG=" + file("")}), 0, "kashim.toml: good, warnings: 0\n");
}

TEST_F(Check, TheFileOfTheEnvironmentMustBeThere)
{
    expect(kashim({"check"}, {"KASHIM_CONFIG=none.toml"}), 2,
           "none.toml: error: KASHIM_CONFIG names this file, but it does not exist; create it, or unset "
           "KASHIM_CONFIG\n");
}

TEST_F(Check, WithoutAnyFileItSaysWhereItLookedAndWhatIsInForce)
{
    const std::string system_file = KASHIM_SYSCONFDIR "/kashim/kashim.toml";
    if (std::filesystem::exists(system_file))
        GTEST_SKIP() << "skipped, because this host has a configuration: " << system_file;
    const std::string own_file = ::getuid() == 0 ? "" : folder() + "/kashim/kashim.toml, ";
    const std::string said = "no configuration file; looked for " + own_file + system_file;
    expect(kashim({"check"}, {"XDG_CONFIG_HOME=" + folder()}), 0, said + "; the built-in values are in force\n");
    expect(kashim({"check"}, {"XDG_CONFIG_HOME=" + folder(), "KASHIM_OPTIONS=idle=3"}), 0,
           said + "; the built-in values are in force, with these options over them\n"
                  "KASHIM_OPTIONS: good, warnings: 0\n");
    expect(kashim({"check"}, {"XDG_CONFIG_HOME=" + folder(), "KASHIM_OPTIONS=idle=0"}), 1,
           said +
               "\n"
               "KASHIM_OPTIONS:1:6: error: idle must be a time from 1 to 32767 seconds (\"60s\", \"2m\", \"1h30m\" or "
               "60), not 0\n"
               "    1 | idle=0\n"
               "      |      ^\n"
               "KASHIM_OPTIONS: errors: 1, warnings: 0; programs would run without kashim\n");
}

TEST_F(Check, TheVariableOverTheFileIsCheckedAlong)
{
    expect(kashim({"check"}, {"KASHIM_CONFIG=" + file(""), "KASHIM_OPTIONS=count=3 idel=3"}), 1,
           "kashim.toml: good, warnings: 0\n"
           "KASHIM_OPTIONS:1:9: error: unknown key \"idel\" in these options; did you mean \"idle\"?\n"
           "    1 | count=3 idel=3\n"
           "      |         ^\n"
           "KASHIM_OPTIONS: errors: 1, warnings: 0; programs would run without kashim\n");
}

TEST_F(Check, AVariableWithLineBreaksIsShownOnOneLine)
{
    expect(kashim({"check"}, {"KASHIM_CONFIG=" + file(""), "KASHIM_OPTIONS=count=3\n\tidel=3\n"}), 1,
           "kashim.toml: good, warnings: 0\n"
           "KASHIM_OPTIONS:1:10: error: unknown key \"idel\" in these options; did you mean \"idle\"?\n"
           "    1 | count=3         idel=3 \n"
           "      |                 ^\n"
           "KASHIM_OPTIONS: errors: 1, warnings: 0; programs would run without kashim\n");
}

TEST_F(Check, BesideAFileThatIsNamedTheVariableDoesNotCount)
{
    expect(kashim({"check", file("")}, {"KASHIM_OPTIONS=idel=3"}), 0, "kashim.toml: good, warnings: 0\n");
}

TEST_F(Check, WhatSetSaysWrongStandsUnderItsOwnName)
{
    expect(kashim({"check", "--set", "idle=3", "--set", "count=0"},
                  {"KASHIM_CONFIG=" + file(""), "KASHIM_OPTIONS=idle=5 colour=ü"}),
           1,
           "kashim.toml: good, warnings: 0\n"
           "KASHIM_OPTIONS:1:1: error: unknown key \"colour\" in these options; expected keepalive, idle, interval, "
           "count, user_timeout, app or dead_after\n"
           "    1 | colour=ü \n"
           "      | ^\n"
           "KASHIM_OPTIONS: errors: 1, warnings: 0; programs would run without kashim\n"
           "--set:1:14: error: count must be a whole number from 1 to 127, not 0\n"
           "    1 | idle=3 count=0\n"
           "      |              ^\n"
           "--set: errors: 1, warnings: 0; programs would run without kashim\n");
}

TEST_F(Check, AFileThatOtherUsersMayNotReadIsAWarningForRoot)
{
    if (::getuid() != 0)
        GTEST_SKIP() << "skipped, because only root's files are everybody's";
    const std::string path = folder() + "/" + file("[[rule]]\npeer = \"10.0.0.1/8\"\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
    expect(kashim({"check", path}), 0,
           path + ": warning: other users may not read " + path + ": this file is not in force in their programs\n" +
               path +
               ":2:8: warning: peer \"10.0.0.1/8\" has bits set behind its prefix; it means \"10.0.0.0/8\"\n"
               "    2 | peer = \"10.0.0.1/8\"\n"
               "      |        ^\n" +
               path + ": good, warnings: 2\n");
}

TEST_F(Check, AnEmptyFileThatOtherUsersMayNotReadIsOneToo)
{
    if (::getuid() != 0)
        GTEST_SKIP() << "skipped, because only root's files are everybody's";
    const std::string path = folder() + "/" + file("");
    std::filesystem::permissions(folder(), std::filesystem::perms::owner_all);
    expect(kashim({"check", "--strict", path}), 1,
           path + ": error: other users may not read " + folder() +
               ": this file is not in force in their programs [--strict]\n" + path +
               ": errors: 0, warnings: 1; warnings are treated as errors\n");
}

TEST_F(Check, VersionAndHelpAreAnswered)
{
    EXPECT_EQ(kashim({"--version"}).out, "kashim 0.1.0\n");
    const Result help = kashim({"check", "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_NE(help.out.find(
                  "Exit status: 0 good (there may be warnings), 1 errors, 2 the file cannot be read, or wrong usage."),
              std::string::npos)
        << help;
}

TEST_F(Check, AnUnknownVerbIsAnErrorOfUse)
{
    const Result result = kashim({"chekc"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err, "");
}

TEST_F(Check, TenThousandRulesAreCheckedToTheEnd)
{
    std::string text;
    for (int i = 0; i < 10'000; ++i)
        text += "[[rule]]\nprogram = \"worker-" + std::to_string(i % 9'999) + "\"\nport = 5432\n";
    expect(
        kashim({"check", file(text)}), 0,
        "kashim.toml:29998:1: warning: the rule in line 29998 is never reached; the rule in line 1 matches everything "
        "it matches\n"
        "29998 | [[rule]]\n"
        "      | ^\n"
        "kashim.toml: good, warnings: 1\n");
}

}  // namespace
}  // namespace kashim::test
