// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The compiled form of a configuration. To tell which of the two a program took, the compiled ones of these tests say
// something else than the text does.
#include "config/parse.h"
#include "platform/compiled_file.h"
#include "policy/table_builder.h"
#include "preload.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

class Compiled : public Preload {
protected:
    static constexpr std::string_view kText = "[defaults]\nidle = 11\n";
    static constexpr std::string_view kCompiledText = "[defaults]\nidle = 22\n";

    /// Writes kashim.toml with the text, and beside it what looks like its compiled form, but was made of another text.
    void write(std::string_view text = kText, std::string_view compiled_text = kCompiledText)
    {
        configuration_file(text);
        const policy::FileState state = platform::file_status(toml().c_str()).state;
        write_compiled(state, text, compiled_text);
        // As kashim compile does: what changes from now on has another time.
        const std::string clock = folder() / "clock";
        EXPECT_TRUE(eventually([&] {
            write_file(clock, "");
            return platform::file_status(clock.c_str()).state.changed > state.changed;
        }));
    }

    void write_compiled(const policy::FileState& state, std::string_view text,
                        std::string_view compiled_text = kCompiledText)
    {
        const config::Parsed parsed = config::parse(compiled_text, config::Warnings::no);
        ASSERT_TRUE(parsed.good());
        const auto bytes = policy::compiled_file(**policy::build_table(parsed.rules, policy::Labels::no), state, text);
        write_file(compiled(), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        fs::permissions(compiled(), fs::perms(0644));
    }

    /// The idle time that a socket gets.
    int idle(std::vector<std::string> environment = {})
    {
        const Result result = said(std::move(environment));
        EXPECT_EQ(result.err, "");
        return values(result, "a").idle;
    }

    Result said(std::vector<std::string> environment, std::vector<std::string> steps = {"tcp a", "show a"})
    {
        environment.insert(environment.begin(), {"LD_PRELOAD=" + library(), "KASHIM_CONFIG=" + toml()});
        steps.insert(steps.begin(), program("steps"));
        const Result result = run({.arguments = std::move(steps), .environment = std::move(environment)});
        EXPECT_TRUE(result.ok()) << result;
        return result;
    }

    std::string toml() const { return folder() / "kashim.toml"; }
    std::string compiled() const { return toml() + ".compiled"; }
};

TEST_F(Compiled, IsTakenInThePlaceOfTheFileThatItIsOf)
{
    write();
    EXPECT_EQ(idle(), 22);
}

// Whatever word sizes the command and the program have.
TEST_F(Compiled, IsTakenByTheStateOfTheFileAlone)
{
    configuration_file(kText);
    write_compiled(platform::file_status(toml().c_str()).state, "another text");
    EXPECT_EQ(idle(), 22);
}

TEST_F(Compiled, IsTakenByTheStateOfTheFileAlsoWhereThirtyTwoBitsCannotTellItsTime)
{
    configuration_file(kText);
    constexpr time_t kYear2040 = 2208988800;
    const timespec times[] = {{kYear2040, 0}, {kYear2040, 123456789}};
    ASSERT_EQ(utimensat(AT_FDCWD, toml().c_str(), times, 0), 0);
    const policy::FileState state = platform::file_status(toml().c_str()).state;
    if (state.modified != std::int64_t{kYear2040} * 1'000'000'000 + 123456789)
        GTEST_SKIP() << "skipped, because this file system has no such times";
    write_compiled(state, "another text");
    EXPECT_EQ(idle(), 22);
}

TEST_F(Compiled, IsTakenByItsTextWhereTheFileWasCopied)
{
    configuration_file(kText);
    write_compiled({}, kText);
    EXPECT_EQ(idle(), 22);
}

TEST_F(Compiled, IsLeftOnceTheFileHasChanged)
{
    write();
    configuration_file("[defaults]\nidle = 12\n");
    EXPECT_EQ(idle(), 12);
}

TEST_F(Compiled, IsLeftAlsoWhereSizeAndTimeOfTheFileAreAsTheyWere)
{
    write();
    struct stat before {};
    ASSERT_EQ(stat(toml().c_str(), &before), 0);
    configuration_file("[defaults]\nidle = 12\n");
    const timespec times[] = {before.st_atim, before.st_mtim};
    ASSERT_EQ(utimensat(AT_FDCWD, toml().c_str(), times, 0), 0);
    EXPECT_EQ(idle(), 12);
}

TEST_F(Compiled, IsLeftWhereItIsOfAnotherFile)
{
    configuration_file(kText);
    write_compiled({}, kCompiledText);
    EXPECT_EQ(idle(), 11);
}

TEST_F(Compiled, IsLeftWhereOthersMayWriteIt)
{
    write();
    fs::permissions(compiled(), fs::perms(0664));
    EXPECT_EQ(idle(), 11);
}

TEST_F(Compiled, IsLeftWhereItIsDamagedOrNoFileAtAll)
{
    write();
    const std::string good = read_file(compiled());
    std::string bad = good;
    bad[good.size() / 2] = static_cast<char>(bad[good.size() / 2] ^ 4);
    for (const std::string& bytes :
         {bad, good.substr(0, good.size() - 1), good + "x", std::string(), std::string("x")}) {
        write_file(compiled(), bytes);
        EXPECT_EQ(idle(), 11);
    }
    fs::remove(compiled());
    ASSERT_EQ(mkfifo(compiled().c_str(), 0600), 0);
    EXPECT_EQ(idle(), 11);
}

TEST_F(Compiled, IsNotAskedForWhereTheFileItselfIsGone)
{
    write();
    fs::remove(toml());
    const Result result = said({});
    EXPECT_NE(result.err.find("KASHIM_CONFIG names this file, but it does not exist"), std::string::npos) << result;
}

TEST_F(Compiled, IsLeftWhereTheFileItselfMayNotBeRead)
{
    if (geteuid() != 0)
        GTEST_SKIP() << "skipped, because another user is needed";
    const TempDir home;
    fs::create_directories(home / "kashim");
    const std::string hidden = write_file(home / "kashim/kashim.toml", "");
    write("", kCompiledText);
    fs::copy_file(compiled(), hidden + ".compiled");
    fs::permissions(hidden, fs::perms::none);
    const Result result = run({.arguments = {program("steps"), "tcp a", "show a"},
                               .environment = {"LD_PRELOAD=" + library(), "XDG_CONFIG_HOME=" + home.path().string()},
                               .uid = 65534});
    EXPECT_NE(values(result, "a").idle, 22);
}

TEST_F(Compiled, OptionsAreLaidOverIt)
{
    write();
    EXPECT_EQ(idle({"KASHIM_OPTIONS=interval=3s"}), 22);
    EXPECT_EQ(idle({"KASHIM_OPTIONS=idle=33s"}), 33);
}

TEST_F(Compiled, AnErrorInTheOptionsIsSaidAndNothingIsInForce)
{
    write();
    const Result result = said({"KASHIM_OPTIONS=idel=33s"});
    EXPECT_NE(result.err.find("KASHIM_OPTIONS:1:1: error: unknown key \"idel\""), std::string::npos) << result;
    EXPECT_EQ(values(result, "a"), untouched());
}

TEST_F(Compiled, WhoWantsMessagesHasTheFileItselfRead)
{
    write("[defaults]\nidle = 11\n\n[[rule]]\nname = \"x\"\nport = 1\nidle = 3\n");
    const Result result = said({"KASHIM_LOG=info"});
    EXPECT_NE(result.err.find("kashim.toml is in force, rules: 1; for this program"), std::string::npos) << result;
    EXPECT_EQ(values(result, "a").idle, 11);
}

TEST_F(Compiled, ItsRulesForAProgramAreForThatProgram)
{
    write(kText, "[defaults]\nidle = 22\n[[rule]]\nprogram = \"steps\"\nidle = 23\n");
    EXPECT_EQ(idle(), 23);
    write(kText, "[defaults]\nidle = 22\n[[rule]]\nprogram = \"/*/stepz\"\nidle = 23\n");
    EXPECT_EQ(idle(), 22);
    write(kText, "[defaults]\nidle = 22\n[[rule]]\ncommand = \"*show a\"\nidle = 23\n");
    EXPECT_EQ(idle(), 23);
}

TEST_F(Compiled, ItsRulesForAScriptAreForThatScript)
{
    // An interpreter by its name, which takes its first step for the script.
    const std::string lua = folder() / "lua";
    fs::copy_file(program("steps"), lua);
    const auto idle_of = [&](std::string_view script) {
        write(kText, "[defaults]\nidle = 22\n[[rule]]\nprogram = \"" + std::string(script) + "\"\nidle = 23\n");
        return values(run({.arguments = {lua, "tcp a", "show a"},
                           .environment = {"LD_PRELOAD=" + library(), "KASHIM_CONFIG=" + toml()}}),
                      "a")
            .idle;
    };
    EXPECT_EQ(idle_of("tcp a"), 23);
    EXPECT_EQ(idle_of("show a"), 22);
}

TEST_F(Compiled, WhatIsWorkedOutFromItLiesBehindIt)
{
    // As many groups of rules as still fit beside what is worked out, in the memory that every process has for it.
    std::string text = "[defaults]\nidle = 22\n";
    for (char name = 'a'; name < 'u'; ++name)
        text += std::string("[[rule]]\nprogram = \"") + name + "\"\nidle = 5\n";
    write(kText, text + "[[rule]]\nprogram = \"steps\"\nidle = 23\n");
    EXPECT_LT(fs::file_size(compiled()), 2560u);
    EXPECT_EQ(idle(), 23);
}

TEST_F(Compiled, ItsRulesForPeersAndPortsDecide)
{
    const Peer peer, peer6("::1");
    std::string text;
    for (int i = 0; i < 300; ++i)
        text += rule("peer = [\"10." + std::to_string(i % 200) + ".0.0/24\", \"fd00:" + std::to_string(i) + "::/32\"]",
                     "idle = 5");
    text += rule("peer = \"127.0.0.0/8\"\n" + to("port =", peer.port()), "idle = 23\ninterval = 4\ncount = 3");
    text += rule("peer = \"::1\"", "idle = 24\nuser_timeout = \"auto\"");
    write(kText, text);
    const Result result = said({}, {"tcp a", to("connect a", peer.port()), "show a", "tcp6 b",
                                    to("connect b", peer6.port()) + " ::1", "show b"});
    EXPECT_EQ(values(result, "a"), (Values{.keepalive = 1, .idle = 23, .interval = 4, .count = 3, .user_timeout = 0}));
    EXPECT_EQ(values(result, "b"),
              (Values{.keepalive = 1, .idle = 24, .interval = 30, .count = 5, .user_timeout = 174000}));
}

TEST_F(Compiled, ALargeOneIsTakenToo)
{
    std::string text = "[defaults]\nidle = 22\n";
    for (int i = 1; i <= 3000; ++i)
        text += rule_for_port(i, "idle = 5");
    write(kText, text);
    EXPECT_EQ(idle(), 22);
}

TEST_F(Compiled, LeavesAProgramAloneThatIsToBeLeftAlone)
{
    write(kText, "[defaults]\nkeepalive = \"leave\"\n");
    EXPECT_EQ(values(said({}), "a"), untouched());
}

}  // namespace
}  // namespace kashim::test
