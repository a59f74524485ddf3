// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What the loader does with the library, told by the loader itself (ld.so(8), LD_DEBUG).
#include "support/process.h"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace kashim::test {
namespace {

const std::set<std::string> kHooks{"socket", "connect", "listen", "accept", "accept4", "setsockopt"};

/// Which file each function is bound to, for the calls of the program and of every library but the preloaded one.
std::map<std::string, std::set<std::string>> bindings(const Result& result)
{
    static const std::regex kLine(R"(binding file (\S+) \[0\] to (\S+) \[0\]: normal symbol `(\w+)')");
    std::map<std::string, std::set<std::string>> found;
    std::istringstream lines(result.err);
    for (std::string line; std::getline(lines, line);) {
        std::smatch match;
        if (std::regex_search(line, match, kLine) && match[1] != KASHIM_LIBRARY)
            found[match[3]].insert(match[2]);
    }
    return found;
}

/// Perl is on every Debian and calls all six. Bound at once, because a lazy binding shows only at the first call.
Command perl()
{
    return {.arguments = {"perl", "-e", "1"}, .environment = {"LD_DEBUG=bindings", "LD_BIND_NOW=1"}};
}

TEST(Binding, EveryHookOfARealProgramBindsToTheLibrary)
{
    Command command = perl();
    command.environment.push_back("LD_PRELOAD=" KASHIM_LIBRARY);
    const Result result = run(command);
    ASSERT_TRUE(result.ok()) << result;
    const auto bound = bindings(result);
    for (const std::string& hook : kHooks) {
        ASSERT_TRUE(bound.contains(hook)) << hook << " is not called by this perl";
        EXPECT_EQ(bound.at(hook), std::set<std::string>{KASHIM_LIBRARY}) << hook;
    }
}

TEST(Binding, NothingElseOfARealProgramBindsToTheLibrary)
{
    Command command = perl();
    command.environment.push_back("LD_PRELOAD=" KASHIM_LIBRARY);
    const Result result = run(command);
    ASSERT_TRUE(result.ok()) << result;
    std::set<std::string> ours;
    for (const auto& [function, files] : bindings(result)) {
        if (files.contains(KASHIM_LIBRARY))
            ours.insert(function);
    }
    EXPECT_EQ(ours, kHooks);
}

}  // namespace
}  // namespace kashim::test
