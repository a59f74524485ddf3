// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim compile, as a user meets it.
#include "platform/compiled_file.h"
#include "support/process.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <set>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

class Compile : public testing::Test {
protected:
    Result compile(std::vector<std::string> environment = {}) const
    {
        return run({.arguments = {KASHIM_COMMAND, "compile", toml()}, .environment = std::move(environment)});
    }

    std::string write(std::string_view text) const { return write_file(toml(), text); }
    std::string toml() const { return folder_ / "kashim.toml"; }
    std::string compiled() const { return toml() + ".compiled"; }

    std::set<std::string> files() const
    {
        std::set<std::string> names;
        for (const fs::directory_entry& entry : fs::directory_iterator(folder_.path()))
            names.insert(entry.path().filename());
        return names;
    }

    TempDir folder_;
};

TEST_F(Compile, WritesTheCompiledFormBesideTheFileAndSaysSo)
{
    write("[[rule]]\nport = 80\nidle = 11\n");
    const Result result = compile();
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_EQ(result.out, compiled() + ": " + std::to_string(fs::file_size(compiled())) + " bytes, rules: 1\n");
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(files(), (std::set<std::string>{"kashim.toml", "kashim.toml.compiled"}));
}

TEST_F(Compile, TakesTheFileThatAProgramWouldUseWhereNoneIsNamed)
{
    write("[defaults]\nidle = 11\n");
    const Result result = run({.arguments = {KASHIM_COMMAND, "compile"}, .environment = {"KASHIM_CONFIG=" + toml()}});
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_TRUE(fs::exists(compiled()));
}

TEST_F(Compile, GivesItTheOwnerAndThePermissionsOfTheFileButNeverForOthersToWrite)
{
    write("[defaults]\nidle = 11\n");
    fs::permissions(toml(), fs::perms(0660));
    if (geteuid() == 0) {
        ASSERT_EQ(chown(toml().c_str(), 4242, 4343), 0);
    }
    ASSERT_TRUE(compile().ok());
    struct stat status {};
    ASSERT_EQ(stat(compiled().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777u, 0640u);
    if (geteuid() == 0) {
        EXPECT_EQ(status.st_uid, 4242u);
        EXPECT_EQ(status.st_gid, 4343u);
    }
}

TEST_F(Compile, LeavesWhatIsThereAloneWhereTheFileHasAnError)
{
    write("[defaults]\nidle = 11\n");
    ASSERT_TRUE(compile().ok());
    const std::string before = read_file(compiled());
    write("[defaults]\nidel = 11\n");
    const Result result = compile();
    EXPECT_EQ(result.exit_code, 1) << result;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, toml() + ":2:1: error: unknown key \"idel\" in [defaults]; did you mean \"idle\"?\n" +
                              "    2 | idel = 11\n      | ^\n" + compiled() + ": nothing was written\n");
    EXPECT_EQ(read_file(compiled()), before);
    EXPECT_EQ(files(), (std::set<std::string>{"kashim.toml", "kashim.toml.compiled"}));
}

TEST_F(Compile, SaysWhatIsMissing)
{
    const Result result = compile();
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_EQ(result.err, toml() + ": error: it does not exist\n" + compiled() + ": nothing was written\n");
    EXPECT_EQ(files(), std::set<std::string>{});
}

TEST_F(Compile, HasNothingToDoWhereThereIsNoFile)
{
    const TempDir home;
    const Result result = run({.arguments = {KASHIM_COMMAND, "compile"},
                               .environment = {"HOME=" + home.path().string(), "XDG_CONFIG_HOME="}});
    if (fs::exists(KASHIM_SYSCONFDIR "/kashim/kashim.toml"))
        GTEST_SKIP() << "skipped, because this machine has a configuration";
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_EQ(result.out, "no configuration file: the built-in values are in force, and need no compiling\n");
}

TEST_F(Compile, CheckAndDoctorSayWhereTheCompiledFormIsNotUsed)
{
    write("[defaults]\nidle = 11\n");
    ASSERT_TRUE(compile().ok());
    const auto check = [this] { return run({.arguments = {KASHIM_COMMAND, "check", toml()}}).out; };
    const auto doctor = [this] {
        return run({.arguments = {KASHIM_COMMAND, "doctor", "--config", toml(), "/bin/true"}}).out;
    };
    EXPECT_EQ(check(), toml() + ": good, warnings: 0\n");
    EXPECT_EQ(doctor().find("compiled-not-used"), std::string::npos);
    write("[defaults]\nidle = 12\n");
    EXPECT_EQ(check(), toml() + ": warning: " + compiled() +
                           " is not used: it was made of another text; programs parse " + toml() +
                           " instead when they start; run: kashim compile " + toml() + "\n" + toml() +
                           ": good, warnings: 1\n");
    EXPECT_NE(doctor().find("compiled-not-used: " + compiled() + ": it was made of another text; programs parse " +
                            toml() + " instead when they start\n      -> kashim compile " + toml() + "\n"),
              std::string::npos)
        << doctor();
}

TEST_F(Compile, IsNotAdvisedForAFileWithAnError)
{
    write("[defaults]\nidle = 11\n");
    ASSERT_TRUE(compile().ok());
    write("[defaults]\nidel = 11\n");
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"check", toml()}, {"doctor", "--config", toml(), "/bin/true"}}) {
        std::vector<std::string> arguments{KASHIM_COMMAND};
        arguments.insert(arguments.end(), words.begin(), words.end());
        const Result result = run({.arguments = arguments});
        EXPECT_EQ((result.out + result.err).find("kashim compile"), std::string::npos) << result;
    }
}

TEST_F(Compile, SaysWhyItCannotWrite)
{
    if (geteuid() != 0)
        GTEST_SKIP() << "skipped, because another user is needed";
    write("[defaults]\nidle = 11\n");
    fs::permissions(folder_.path(), fs::perms(0755));
    const Result result = run({.arguments = {KASHIM_COMMAND, "compile", toml()}, .uid = 65534});
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_EQ(result.err, compiled() + ": error: cannot create it: Permission denied\n");
}

// Else a change that is made in the same tick of the clock would not show.
TEST_F(Compile, RecordsTheStateOfTheFileOnceTheClockHasGoneOn)
{
    write("[defaults]\nidle = 11\n");
    ASSERT_TRUE(compile().ok());
    const platform::FileStatus source = platform::file_status(toml().c_str());
    if (source.state.changed % 1'000'000'000 == 0)
        GTEST_SKIP() << "skipped, because this file system counts seconds";
    EXPECT_TRUE(platform::read_compiled(compiled().c_str(), source).is_of(source.state));
    constexpr std::int64_t kTick = 20'000'000;
    EXPECT_GT(platform::file_status(compiled().c_str()).state.changed, source.state.changed + kTick);
}

TEST_F(Compile, LeavesNothingHalfMadeWhereItIsInterrupted)
{
    for (int i = 0; i < 5; ++i) {
        write("[defaults]\nidle = 11\n");  // just now, so that it waits for the clock
        Process process({.arguments = {KASHIM_COMMAND, "compile", toml()}});
        eventually([&] { return files().size() > 1 || !process.running(); });
        process.kill(SIGTERM);
        process.wait();
        fs::remove(compiled());
        EXPECT_EQ(files(), std::set<std::string>{"kashim.toml"});
    }
}

TEST_F(Compile, TwiceTheSameFileGivesTheSameBytes)
{
    write("[[rule]]\nport = 80\npeer = \"10.0.0.0/8\"\nuser_timeout = \"auto\"\nprogram = \"x\"\n");
    ASSERT_TRUE(compile().ok());
    const std::string first = read_file(compiled());
    ASSERT_TRUE(compile().ok());
    EXPECT_TRUE(read_file(compiled()) == first);
}

TEST_F(Compile, ProgramsTakeWhatItWroteUntilTheFileChanges)
{
    write("[defaults]\nidle = 11\n");
    ASSERT_TRUE(compile().ok());
    const auto reads_text = [this] {
        const std::string log = folder_ / "trace";
        const Result result =
            run({.arguments = {"strace", "-qq", "-o", log, "-e", "trace=openat", "-E", "LD_PRELOAD=" KASHIM_LIBRARY,
                               "-E", "KASHIM_CONFIG=" + toml(), "/bin/true"}});
        EXPECT_TRUE(result.ok()) << result;
        return read_file(log).find("kashim.toml\"") != std::string::npos;
    };
    EXPECT_FALSE(reads_text());
    write("[defaults]\nidle = 12\n");
    EXPECT_TRUE(reads_text());
    ASSERT_TRUE(compile().ok());
    EXPECT_FALSE(reads_text());
}

}  // namespace
}  // namespace kashim::test
