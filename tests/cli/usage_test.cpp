// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim itself: its help, and what it says of a command line that it does not understand.
#include "cli/help_text.h"
#include "support/process.h"

#include <gtest/gtest.h>

namespace kashim::test {
namespace {

Result kashim(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), KASHIM_COMMAND);
    return run({.arguments = std::move(arguments)});
}

void expect_complaint(const std::vector<std::string>& arguments, const std::string& err)
{
    const Result result = kashim(arguments);
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, err);
}

TEST(Usage, WithoutAVerbItSaysHowToGoOn)
{
    expect_complaint({}, "kashim: say what to do: kashim VERB\nsee: kashim --help\n");
}

TEST(Usage, AMisspeltVerbIsGuessed)
{
    expect_complaint({"chekc"}, "kashim: unknown verb \"chekc\"; did you mean \"check\"?\nsee: kashim --help\n");
    expect_complaint({"guards", "--all"},
                     "kashim: unknown verb \"guards\"; did you mean \"guard\"?\nsee: kashim --help\n");
    expect_complaint({"frobnicate"}, "kashim: unknown verb \"frobnicate\"\nsee: kashim --help\n");
    expect_complaint({"chekc", "--help"},
                     "kashim: unknown verb \"chekc\"; did you mean \"check\"?\nsee: kashim --help\n");
    expect_complaint({"help", "chekc"},
                     "kashim: unknown verb \"chekc\"; did you mean \"check\"?\nsee: kashim --help\n");
    expect_complaint({""}, "kashim: unknown verb \"\"\nsee: kashim --help\n");
}

TEST(Usage, AMisspeltOptionIsGuessed)
{
    expect_complaint({"--versoin"},
                     "kashim: unknown option \"--versoin\"; did you mean \"--version\"?\nsee: kashim --help\n");
    expect_complaint({"check", "--prnt"},
                     "kashim check: unknown option \"--prnt\"; did you mean \"--print\"?\nsee: kashim check --help\n");
    expect_complaint({"explain", "--outbuond=db:1"}, "kashim explain: unknown option \"--outbuond\"; did you mean "
                                                     "\"--outbound\"?\nsee: kashim explain --help\n");
    expect_complaint({"check", "-x"}, "kashim check: unknown option \"-x\"\nsee: kashim check --help\n");
}

TEST(Usage, AnOptionInFrontOfTheVerbIsSentBehindIt)
{
    expect_complaint(
        {"--set", "check"},
        "kashim check: unknown option \"--set\"; a verb's options stand behind it\nsee: kashim check --help\n");
}

TEST(Usage, WhatIsTooMuchOrTooLittleIsNamed)
{
    expect_complaint({"check", "a", "b"}, "kashim check: unexpected argument \"b\"\nsee: kashim check --help\n");
    expect_complaint({"check", "--set"},
                     "kashim check: --set needs a value: --set KEY=VALUE\nsee: kashim check --help\n");
    expect_complaint({"show", "--config", "a", "--config", "b"},
                     "kashim show: --config may be given only once\nsee: kashim show --help\n");
}

TEST(Usage, WhatATerminalWouldObeyIsNotPassedOn)
{
    const Result result = kashim({"check\x1b[1m"});
    EXPECT_EQ(result.err.find('\x1b'), std::string::npos) << result;
}

TEST(Usage, HelpOfAVerbIsHelp)
{
    EXPECT_EQ(kashim({"help"}).out, help());
    for (const std::string& verb : verbs()) {
        const Result result = kashim({"help", verb});
        EXPECT_EQ(result.exit_code, 0);
        EXPECT_EQ(result.err, "");
        EXPECT_EQ(result.out, help({verb}));
    }
}

TEST(Usage, HelpOfEveryVerbTeachesByExampleAndNamesItsExitStatuses)
{
    for (const std::string& verb : verbs()) {
        const std::string text = help({verb});
        const auto examples = text.find("\nExamples:\n");
        ASSERT_NE(examples, std::string::npos) << verb;
        EXPECT_NE(text.find("kashim " + verb, examples), std::string::npos) << verb;
        EXPECT_NE(text.find("\nExit status: "), std::string::npos) << verb;
    }
}

TEST(Usage, HelpFitsATerminal)
{
    constexpr std::size_t kWidest = 132;
    for (const std::string& line : lines_of(help()))
        EXPECT_LE(line.size(), kWidest) << line;
    for (const std::string& verb : verbs()) {
        for (const std::string& line : lines_of(help({verb})))
            EXPECT_LE(line.size(), kWidest) << verb << ": " << line;
    }
}

TEST(Usage, TheVersionIsTold)
{
    EXPECT_EQ(kashim({"--version"}).out, "kashim 0.1.0\n");
}

}  // namespace
}  // namespace kashim::test
