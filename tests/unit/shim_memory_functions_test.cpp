// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The library's own memcpy and its sisters: everything else in it goes through them. memory_probe.cpp asks them.
#include "support/process.h"

#include <gtest/gtest.h>

namespace kashim::test {
namespace {

TEST(ShimMemoryFunctions, DoWhatTheCLibrarysDo)
{
    const Result result = run({.arguments = {KASHIM_MEMORY_PROBE}});
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_NE(result.out.find(", wrong: 0\n"), std::string::npos) << result;
}

}  // namespace
}  // namespace kashim::test
