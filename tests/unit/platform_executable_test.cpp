// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "support/process.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

/// What the probe said of itself: by its path, and as /proc has it.
struct Answers {
    std::string by_its_path;
    std::string by_proc;
};

class PlatformExecutable : public testing::Test {
protected:
    PlatformExecutable()
    {
        fs::create_directories(folder_ / "real/bin");
        fs::copy_file(KASHIM_EXECUTABLE_PROBE, probe_);
    }

    static Answers answers(const Command& command)
    {
        const Result result = run(command);
        EXPECT_TRUE(result.ok()) << result;
        const std::size_t end = result.out.find('\n');
        return {result.out.substr(0, end), end == std::string::npos ? "" : result.out.substr(end + 1)};
    }

    static void expect_same(const Command& command)
    {
        const Answers found = answers(command);
        EXPECT_NE(found.by_its_path, "");
        EXPECT_EQ(found.by_its_path, found.by_proc);
    }

    /// The first way leaves it to the second.
    static void expect_left_to_proc(const Command& command, const std::string& path)
    {
        const Answers found = answers(command);
        EXPECT_EQ(found.by_its_path, "");
        EXPECT_EQ(found.by_proc, path);
    }

    TempDir folder_;
    const std::string probe_ = fs::canonical(folder_.path()) / "real/bin/probe";
};

TEST_F(PlatformExecutable, IsThePathThatWasExecuted)
{
    expect_same({.arguments = {probe_}});
}

TEST_F(PlatformExecutable, IsFoundBehindALinkToTheFile)
{
    fs::create_symlink("real/bin/probe", folder_ / "relative");
    fs::create_symlink(probe_, folder_ / "absolute");
    fs::create_symlink("absolute", folder_ / "twice");
    for (const char* link : {"relative", "absolute", "twice"})
        expect_same({.arguments = {folder_ / link}});
}

TEST_F(PlatformExecutable, IsFoundBehindLinksToItsFolders)
{
    fs::create_symlink("real", folder_ / "link");
    fs::create_symlink("../link/bin", folder_ / "real/back");
    fs::create_symlink("link/back/../back/probe", folder_ / "maze");
    for (const char* path :
         {"link/bin/probe", "real/back/probe", "link/back/../bin/./probe", "link//bin///probe", "maze"})
        expect_same({.arguments = {folder_ / path}});
}

TEST_F(PlatformExecutable, IsFoundFromTheWorkingFolder)
{
    fs::create_symlink("real", folder_ / "link");
    Command command{.arguments = {"./bin/../bin/probe"}};
    command.directory = folder_ / "link";
    expect_same(command);
}

TEST_F(PlatformExecutable, IsTheInterpreterOfAScriptWhichOnlyProcKnows)
{
    const std::string script = write_file(folder_ / "script", "#!" + probe_ + "\n");
    fs::permissions(script, fs::perms::owner_all | fs::perms::others_exec | fs::perms::others_read);
    expect_left_to_proc({.arguments = {script}}, probe_);
}

TEST_F(PlatformExecutable, IsTheLoaderWhereThatIsCalledByItsName)
{
    const std::string loader = "/lib64/ld-linux-x86-64.so.2";
    if (!fs::exists(loader))
        GTEST_SKIP() << "skipped, because the loader has another name here";
    expect_left_to_proc({.arguments = {loader, probe_}}, fs::canonical(loader));
}

TEST_F(PlatformExecutable, OfADescriptorIsLeftToProc)
{
    Command command{.arguments = {"/proc/self/fd/9"}};
    const int fd = open(probe_.c_str(), O_PATH | O_CLOEXEC);
    command.descriptors = {{fd, 9}};
    expect_left_to_proc(command, probe_);
    close(fd);
}

TEST_F(PlatformExecutable, WithALongPathIsLeftToProc)
{
    const fs::path deep = fs::canonical(folder_.path()) / std::string(120, 'a') / std::string(120, 'b') / "c";
    fs::create_directories(deep);
    fs::copy_file(probe_, deep / "probe");
    expect_left_to_proc({.arguments = {deep / "probe"}}, deep / "probe");
}

TEST_F(PlatformExecutable, ThatMayNotBeReadIsFoundAllTheSame)
{
    if (geteuid() != 0)
        GTEST_SKIP() << "skipped, because another user is needed";
    fs::permissions(probe_, fs::perms::others_exec);
    Command command{.arguments = {probe_}};
    command.uid = 65534;
    expect_same(command);
}

TEST_F(PlatformExecutable, ThatHasItsOwnPathAmongItsArgumentsIsLeftToProcForItMightBeAScript)
{
    expect_left_to_proc({.arguments = {probe_, "x", probe_}}, probe_);
}

TEST_F(PlatformExecutable, IsTheLastInterpreterOfAScriptWhoseInterpretersAreScripts)
{
    std::string interpreter = probe_;
    for (const char* name : {"one", "two", "three", "four"}) {
        interpreter = write_file(folder_ / name, "#!" + interpreter + " argument\n");
        fs::permissions(interpreter, fs::perms::owner_all | fs::perms::others_exec | fs::perms::others_read);
        expect_left_to_proc({.arguments = {interpreter}}, probe_);
    }
}

}  // namespace
}  // namespace kashim::test
