// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The command for macOS, which nothing here can run: packaging/macos.sh built it.
#include "support/process.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace kashim::test {
namespace {

const std::string kCommand = KASHIM_MACOS_COMMAND;

// doctor would also say that a part for Apple's processors is not signed: no Mac starts such a one.
TEST(MacosCommand, HasAPartForEachProcessorAndNothingAgainstIt)
{
    const Result result = run({.arguments = {KASHIM_COMMAND, "doctor", kCommand}});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, kCommand + ": unknown\n  other-system: " + kCommand +
                              " is a program for macOS (x86_64, arm64), which Linux does not run\n"
                              "      -> ask there: what is said here comes from the file alone\n");
}

TEST(MacosCommand, NeedsNothingButLibSystem)
{
    for (const std::string processor : {"x86_64", "arm64"}) {
        const Result result =
            run({.arguments = {"llvm-objdump", "--macho", "--arch=" + processor, "--dylibs-used", kCommand}});
        ASSERT_TRUE(result.ok()) << result;
        std::vector<std::string> needed;
        std::istringstream lines(result.out);
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("\t"))
                needed.push_back(line.substr(1, line.find(' ') - 1));
        }
        EXPECT_EQ(needed, std::vector<std::string>{"/usr/lib/libSystem.B.dylib"}) << processor;
    }
}

}  // namespace
}  // namespace kashim::test
