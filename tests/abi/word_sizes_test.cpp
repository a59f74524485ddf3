// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Libraries of both word sizes under one name: LD_PRELOAD says it once, and each loader finds the one of its kind.
#include "support/process.h"

#include <gtest/gtest.h>

#include <vector>

namespace kashim::test {
namespace {

const std::string kBoth = "wide: idle=33\nnarrow: idle=33\n";

/// word_sizes.sh in a mount namespace of its own; what the programs said, each line behind its name.
class WordSizes : public testing::Test {
protected:
    void SetUp() override
    {
        if (!programs({}, "nowhere").ok())
            GTEST_SKIP() << "skipped, because overlays cannot be mounted here (root only)";
    }

    Result programs(const std::vector<std::string>& words, const std::string& where = "here")
    {
        std::vector<std::string> arguments{"unshare", "-m", KASHIM_SOURCE_DIR "/tests/abi/word_sizes.sh", where,
                                           folder_.path().string()};
        arguments.insert(arguments.end(), words.begin(), words.end());
        return run({.arguments = std::move(arguments),
                    .environment = {"KASHIM_CMAKE=" KASHIM_CMAKE, "WIDE=" KASHIM_BINARY_DIR,
                                    "NARROW=" KASHIM_CROSS "/i386-linux-gnu"}});
    }

    TempDir folder_;
};

/// In a Debian with the C libraries of both, libc6:amd64 and libc6:i386.
class WordSizesOfDebian : public WordSizes {
protected:
    void SetUp() override
    {
        WordSizes::SetUp();
        if (!std::filesystem::exists(KASHIM_CROSS "/i386-linux-gnu/debian"))
            GTEST_SKIP() << "skipped, because there is no root of tests/abi/debian_root.sh";
    }

    Result preloaded(const std::string& name) { return programs({"env", "LD_PRELOAD=" + name}, "debian"); }
};

TEST_F(WordSizesOfDebian, TheBareNameReachesProgramsOfBoth)
{
    const Result result = preloaded("libkashim.so");
    EXPECT_EQ(result.out, kBoth) << result;
    EXPECT_EQ(result.err, "");
}

TEST_F(WordSizesOfDebian, APathWithLibInItReachesProgramsOfBoth)
{
    const Result result = preloaded("/usr/$LIB/libkashim.so");
    EXPECT_EQ(result.out, kBoth) << result;
    EXPECT_EQ(result.err, "");
}

TEST_F(WordSizesOfDebian, APathOfOneReachesNoProgramOfTheOther)
{
    const Result result = preloaded("/usr/lib/x86_64-linux-gnu/libkashim.so");
    EXPECT_EQ(result.out, "wide: idle=33\nnarrow: idle=7200\n") << result;
    EXPECT_NE(result.err.find("wrong ELF class: ELFCLASS64): ignored."), std::string::npos) << result;
}

// libc6-i386, Debian's 32-bit C library for 64-bit systems, looks in lib32 only.
TEST_F(WordSizes, TheBareNameAndAPathWithLibInItReachProgramsOfBothOnThisSystem)
{
    for (const char* name : {"libkashim.so", "/usr/$LIB/libkashim.so"}) {
        const Result result = programs({"env", std::string("LD_PRELOAD=") + name});
        EXPECT_EQ(result.out, kBoth) << name << "\n" << result;
        EXPECT_EQ(result.err, "");
    }
}

TEST_F(WordSizes, TheCommandRunsProgramsOfBothWithTheirLibrary)
{
    const Result result = programs({"kashim", "run"});
    EXPECT_EQ(result.out, kBoth) << result;
    EXPECT_EQ(result.err, "");
}

TEST_F(WordSizes, ProgramsOfBothThatAShellStartsAreReached)
{
    const Result result = programs({"kashim", "run", "sh", "-c", "\"$@\"", "sh"});
    EXPECT_EQ(result.out, kBoth) << result;
    EXPECT_EQ(result.err, "");
}

}  // namespace
}  // namespace kashim::test
