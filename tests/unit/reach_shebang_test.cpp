// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/shebang.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kashim::test {
namespace {

using namespace std::string_literals;

std::string seen(std::string_view start)
{
    const auto shebang = reach::read_shebang(start);
    if (!shebang)
        return "none";
    return shebang->interpreter + "|" + shebang->argument;
}

TEST(ReachShebang, TheRestOfTheLineIsOneArgument)
{
    EXPECT_EQ(seen("#!/bin/sh\n"), "/bin/sh|");
    EXPECT_EQ(seen("#!/bin/sh"), "/bin/sh|") << "the file ends";
    EXPECT_EQ(seen("#! \t/bin/sh  -e -u \t\nnext"), "/bin/sh|-e -u");
    EXPECT_EQ(seen("#!/bin/sh\r\n"), "/bin/sh\r|");
    EXPECT_EQ(seen("#!/bin/sh\0-e\n"s), "/bin/sh|");
}

TEST(ReachShebang, WhatNamesNothingIsRefused)
{
    EXPECT_EQ(seen(""), "none");
    EXPECT_EQ(seen("#"), "none");
    EXPECT_EQ(seen(" #!/bin/sh\n"), "none");
    EXPECT_EQ(seen("#!\n/bin/sh\n"), "|");
    EXPECT_EQ(seen("#!   \n"), "|");
    EXPECT_EQ(seen("#!"), "|");
}

TEST(ReachShebang, OnlyThe256BytesThatTheKernelReadsCount)
{
    const std::string path = "/" + std::string(252, 'a');  // "#!" and this are 255
    EXPECT_EQ(seen("#!" + path + "\n"), path + "|");
    EXPECT_EQ(seen("#!" + path + " \n"), path + "|");
    EXPECT_EQ(seen("#!" + path + "b\n"), "|") << "the name may be cut";
    EXPECT_EQ(seen("#!/bin/sh " + std::string(300, 'x')), "/bin/sh|" + std::string(246, 'x')) << "an argument may";
}

TEST(ReachShebang, OnMacosTwiceAsManyBytesCountAndEachWordIsAnArgument)
{
    const std::string path = "/" + std::string(400, 'a');
    const auto shebang = reach::read_shebang("#!" + path + " -S  x -u\n", reach::kMacosShebang);
    ASSERT_TRUE(shebang);
    EXPECT_EQ(shebang->interpreter, path);
    EXPECT_EQ(shebang->arguments(reach::kMacosShebang), (std::vector<std::string>{"-S", "x", "-u"}));
    EXPECT_EQ(shebang->arguments(reach::kLinuxShebang), (std::vector<std::string>{"-S  x -u"}));
    EXPECT_EQ(reach::Shebang{}.arguments(reach::kLinuxShebang), std::vector<std::string>{});
}

std::string env(const std::vector<std::string>& arguments)
{
    const reach::EnvCommand command = reach::read_env(arguments);
    std::string text = !command.preload ? "kept" : *command.preload ? "given" : "cleared";
    if (command.path)
        text += " PATH=" + *command.path;
    for (const std::string& word : command.words)
        text += "|" + word;
    return text;
}

TEST(ReachEnv, TheProgramIsWhatStandsBehindOptionsAndVariables)
{
    EXPECT_EQ(env({"python3", "script.py"}), "kept|python3|script.py");
    EXPECT_EQ(env({"python3 -u", "script.py"}), "kept|python3 -u|script.py") << "without -S it is one name";
    EXPECT_EQ(env({"A=1", "PATH=/opt/bin", "prog", "B=2"}), "kept PATH=/opt/bin|prog|B=2");
    EXPECT_EQ(env({"-v", "-u", "HOME", "-C", "/tmp", "prog", "-i"}), "kept|prog|-i");
    EXPECT_EQ(env({"--unset=HOME", "--chdir", "/tmp", "--", "prog"}), "kept|prog");
    EXPECT_EQ(env({}), "kept");
    EXPECT_EQ(env({"-u"}), "kept");
    EXPECT_EQ(env({"A=1"}), "kept");
}

TEST(ReachEnv, SplitStringsAreSplit)
{
    EXPECT_EQ(env({"-S python3 -u", "script.py"}), "kept|python3|-u|script.py");
    EXPECT_EQ(env({"-Spython3 -u", "script.py"}), "kept|python3|-u|script.py");
    EXPECT_EQ(env({"-vS", "A=1 prog 'a b' \"c\"d e\\ f # rest"}), "kept|prog|a b|cd|e f");
    EXPECT_EQ(env({"--split-string=-i prog", "x"}), "cleared|prog|x");
    EXPECT_EQ(env({"-S", "prog ''"}), "kept|prog|");
}

TEST(ReachEnv, WhatTakesThePreloadAwayIsSeen)
{
    EXPECT_EQ(env({"-i", "prog"}), "cleared|prog");
    EXPECT_EQ(env({"-", "prog"}), "cleared|prog");
    EXPECT_EQ(env({"--ignore-environment", "prog"}), "cleared|prog");
    EXPECT_EQ(env({"-uLD_PRELOAD", "prog"}), "cleared|prog");
    EXPECT_EQ(env({"-iS", "prog a"}), "cleared|prog|a");
    EXPECT_EQ(env({"LD_PRELOAD=", "prog"}), "cleared|prog");
    EXPECT_EQ(env({"LD_PRELOAD=libother.so", "prog"}), "cleared|prog");
    EXPECT_EQ(env({"LD_PRELOADS=x", "prog"}), "kept|prog");
}

TEST(ReachEnv, WhatGivesThePreloadAnewIsSeen)
{
    EXPECT_EQ(env({"-i", "LD_PRELOAD=/opt/lib/libkashim.so", "prog"}), "given|prog");
    EXPECT_EQ(env({"LD_PRELOAD=libother.so:libkashim.so", "prog"}), "given|prog");
}

}  // namespace
}  // namespace kashim::test
