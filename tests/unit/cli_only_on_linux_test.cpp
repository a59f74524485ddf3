// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What show, apply and guard say on macOS.
#include "cli/commands.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace kashim::test {
namespace {

using Said = std::pair<int, std::string>;

Said said(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), "kashim");
    std::vector<char*> words;
    for (std::string& word : arguments)
        words.push_back(word.data());
    words.push_back(nullptr);
    cli::CommandLine command_line;
    cli::add_only_on_linux(command_line);
    testing::internal::CaptureStderr();
    const int status = command_line.run(static_cast<int>(arguments.size()), words.data());
    return {status, testing::internal::GetCapturedStderr()};
}

constexpr const char* kInstead =
    "the sockets of running programs can be set on Linux only; on macOS start them anew with \"kashim run\", or give "
    "their services DYLD_INSERT_LIBRARIES\n";

TEST(CliOnlyOnLinux, EachVerbSaysWhatToDoInsteadWhateverItsOptions)
{
    const Said show{2,
                    "kashim show: the sockets of running programs can be looked at on Linux only; on macOS \"netstat "
                    "-anp tcp\" lists them, and KASHIM_LOG=debug in a program says what its own got\n"};
    EXPECT_EQ(said({"show"}), show);
    EXPECT_EQ(said({"show", "--json", "--watch=5", "4711"}), show);
    EXPECT_EQ(said({"apply", "--all", "-n"}), Said(2, std::string("kashim apply: ") + kInstead));
    EXPECT_EQ(said({"guard", "4711"}), Said(2, std::string("kashim guard: ") + kInstead));
}

TEST(CliOnlyOnLinux, AProgramThatGuardWouldStartIsNotAndTheStatusSaysSo)
{
    EXPECT_EQ(said({"guard", "--quiet", "--", "./app"}), Said(125, std::string("kashim guard: ") + kInstead));
}

}  // namespace
}  // namespace kashim::test
