// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The file is parsed on the stack of whoever loads us, and a service manager may have made that small.
#include "support/process.h"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <string>

namespace kashim::test {
namespace {

constexpr rlim_t kSmallStack = 256 * 1024;

/// What /bin/true says with this file and hardly any stack.
std::string said_with(const std::string& file, std::string_view level)
{
    const TempDir folder;
    Command command{.arguments = {"/bin/true"}};
    command.environment = {"LD_PRELOAD=" KASHIM_LIBRARY, "KASHIM_CONFIG=" + write_file(folder / "kashim.toml", file),
                           "KASHIM_LOG=" + std::string(level)};
    command.before_exec = [] {
        const rlimit limit{kSmallStack, kSmallStack};
        setrlimit(RLIMIT_STACK, &limit);
    };
    const Result result = run(command);
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_EQ(result.out, "");
    const std::size_t start = result.err.find("kashim.toml");
    const std::size_t end = result.err.find('\n');
    return start == std::string::npos ? result.err : result.err.substr(start, end - start);
}

std::string repeated(const std::string& text, int times)
{
    std::string result;
    for (int i = 0; i < times; ++i)
        result += text;
    return result;
}

TEST(ShimStack, AFileOfSixtyLinesIsReadOnASmallOne)
{
    std::string file = "[defaults]\nidle = \"50s\"\n";
    for (int i = 0; i < 12; ++i)
        file += "[[rule]]\nprogram = [\"pgbouncer" + std::to_string(i) +
                "\", \"/opt/*\"]\nport = [5432, \"6000-6010\"]\npeer = [\"10.0.0.0/8\", \"fd00::/8\"]\n" +
                "dead_after = \"45s\"\n";
    EXPECT_EQ(said_with(file, "info"),
              "kashim.toml is in force, rules: 12; for this program (/usr/bin/true, started as /bin/true): 0");
}

TEST(ShimStack, KeysWithAsManyDotsAsAreAllowedAreRefusedWithoutACrash)
{
    EXPECT_EQ(said_with("x" + repeated(".a", 32) + " = 1\n", "error"),
              "kashim.toml:1:1: error: unknown table [x]; expected [defaults] or [[rule]]");
}

TEST(ShimStack, KeysWithAHundredThousandDotsAreRefusedWithoutACrash)
{
    EXPECT_EQ(said_with("x" + repeated(".a", 100000) + " = 1\n", "error"),
              "kashim.toml:1:1: error: a key with more than 32 dots; no key of kashim needs one");
}

TEST(ShimStack, NestedValuesAreRefusedWithoutACrash)
{
    const std::string too_many = "error: more than 8 lists and tables inside each other; a rule needs four at most";
    EXPECT_EQ(said_with("[defaults]\nidle = " + repeated("[", 7) + "1" + repeated("]", 7) + "\n", "error"),
              "kashim.toml:2:8: error: idle must be a time from 1 to 32767 seconds (\"60s\", \"2m\", \"1h30m\" or 60), "
              "not a list");
    EXPECT_EQ(said_with("[defaults]\nidle = " + repeated("[", 8) + "1" + repeated("]", 8) + "\n", "error"),
              "kashim.toml:2:16: " + too_many);
    EXPECT_EQ(said_with("[defaults]\nidle = " + repeated("[", 50000) + "\n", "error"), "kashim.toml:2:16: " + too_many);
}

}  // namespace
}  // namespace kashim::test
