// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What show, apply and guard say on macOS.
#include "cli/verbs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace kashim::test {
namespace {

using Said = std::pair<int, std::string>;

Said said(std::vector<std::string> arguments, std::vector<std::string> program = {})
{
    std::vector<char*> words;
    for (std::string& word : program)
        words.push_back(word.data());
    words.push_back(nullptr);
    char** const started = program.empty() ? nullptr : words.data();
    CLI::App app{"", "kashim"};
    int status = -1;
    cli::add_only_on_linux(app, status, started);
    std::reverse(arguments.begin(), arguments.end());  // as the parser wants a vector
    testing::internal::CaptureStderr();
    app.parse(std::move(arguments));
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
    EXPECT_EQ(said({"guard", "--quiet"}, {"./app"}), Said(125, std::string("kashim guard: ") + kInstead));
}

}  // namespace
}  // namespace kashim::test
