// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What the library has instead of the standard libraries' own functions: programs that are linked as it is ask them.
#include "support/process.h"

#include <gtest/gtest.h>

namespace kashim::test {
namespace {

void expect_nothing_wrong(const char* probe)
{
    const Result result = run({.arguments = {probe}});
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_NE(result.out.find(", wrong: 0\n"), std::string::npos) << result;
}

TEST(ShimMemoryFunctions, DoWhatTheCLibrarysDo)
{
    expect_nothing_wrong(KASHIM_MEMORY_PROBE);
}

TEST(ShimMap, IsSortedAndBalancedInWhateverOrderItIsFilled)
{
    expect_nothing_wrong(KASHIM_MAP_PROBE);
}

}  // namespace
}  // namespace kashim::test
