// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "support/process.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

namespace kashim::test {
namespace {

// An operator new that answers null crashed toml++ in 143 of 146 sizes. See arena_probe.cpp.
TEST(ShimArena, WhereverTheMemoryEndsTheParserFailsCleanly)
{
    const Result result = run({.arguments = {KASHIM_ARENA_PROBE}});
    ASSERT_TRUE(result.ok()) << result;
    std::istringstream lines(result.out);
    std::vector<std::string> samples;
    std::string name;
    std::size_t bytes = 0;
    std::size_t needed = 0;
    std::size_t failures = 0;
    while (lines >> name >> bytes >> needed >> failures) {
        samples.push_back(name);
        EXPECT_GT(needed, bytes) << name;
        // About one failure for each step up to what is needed: no smaller arena was enough.
        EXPECT_GE(failures, needed / ((needed / 1000) | 97)) << name;
        RecordProperty(name, std::to_string(needed) + " of arena for " + std::to_string(bytes));
    }
    EXPECT_EQ(samples,
              (std::vector<std::string>{"ordinary", "empty", "errors", "syntax", "duplicate", "dots", "nested-lists",
                                        "nested-tables", "short-keys", "short-rules", "inline-rules", "programs",
                                        "programs-and-ranges", "ports-and-peers", "wide-range-and-peers"}));
}

/// What /bin/true says with this file, from the file's name on.
std::string said_with(const std::string& file)
{
    const TempDir folder;
    const Result result = run({.arguments = {"/bin/true"},
                               .environment = {"LD_PRELOAD=" KASHIM_LIBRARY, "KASHIM_LOG=info",
                                               "KASHIM_CONFIG=" + write_file(folder / "kashim.toml", file)}});
    EXPECT_TRUE(result.ok()) << result;
    const std::size_t start = result.err.find("kashim.toml");
    // Up to the first semicolon: behind it stands what concerns this program.
    return start == std::string::npos ? result.err : result.err.substr(start, result.err.find_first_of(";\n") - start);
}

// Ordinary text takes some 65 bytes of arena for each of its own, these up to 2,400: a range comes to a hundred pieces
// of the tree over the ports. `kashim check` says that both files are good, so the library must read them.
TEST(ShimArena, IsLargeEnoughForAWideRangeInManyRules)
{
    std::string file;
    for (int i = 0; i < 50; ++i)
        file += "[[rule]]\nprogram = \"p" + std::to_string(i) + "\"\nport = \"1024-65535\"\n";
    EXPECT_EQ(said_with(file), "kashim.toml is in force, rules: 50");
}

TEST(ShimArena, IsLargeEnoughForAWideRangeWithManyPeers)
{
    std::string file = "[[rule]]\ndirection = \"outbound\"\nport = \"1-65534\"\npeer = [\"10.0.0.1\"";
    for (int i = 1; i < 1000; ++i)
        file += ", \"10." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".1\"";
    EXPECT_EQ(said_with(file + "]\n"), "kashim.toml is in force, rules: 1");
}

}  // namespace
}  // namespace kashim::test
