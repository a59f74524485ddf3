// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// tests/macos/run.sh, of which only so much can be run here.
#include "support/process.h"

#include <gtest/gtest.h>

namespace kashim::test {
namespace {

const std::string kScript = KASHIM_SOURCE_DIR "/tests/macos/run.sh";

TEST(MacosScript, IsAScriptFromItsFirstLineToItsLast)
{
    const Result result = run({.arguments = {"bash", "-n", kScript}});
    EXPECT_TRUE(result.ok()) << result;
}

TEST(MacosScript, SaysElsewhereThatItIsForAMac)
{
    const Result result = run({.arguments = {kScript, "--build", "/nowhere"}});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "tests/macos/run.sh: this is for a Mac\n");
}

}  // namespace
}  // namespace kashim::test
