// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "preload.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

namespace kashim::test {
namespace {

/// Where messages go, and where they must not.
class Messages : public Preload {
protected:
    static constexpr std::string_view kBroken = "[defaults]\nidel = 5\n";

    Command quiet_program(std::string_view configuration, std::vector<std::string> environment)
    {
        return with_library(configuration,
                            {program("steps"), "quiet", "tcp a", to("connect a", peer_.port()), "set a idle 5"},
                            std::move(environment));
    }

    /// How the job of "background_job" ended: the last line it says.
    static std::string ending(const Result& result)
    {
        EXPECT_TRUE(result.ok()) << result;
        const std::size_t line = result.out.rfind("the job: ");
        return line == std::string::npos ? "" : result.out.substr(line + 9, result.out.find('\n', line) - line - 9);
    }

    const Peer peer_;
};

TEST_F(Messages, NothingIsSaidByDefault)
{
    const Result result = run(quiet_program(rule("peer = \"127.0.0.1\"", "idle = 9"), {}));
    EXPECT_TRUE(result.ok());
    EXPECT_EQ(result.out + result.err, "");
}

TEST_F(Messages, WhatTheProgramSetsIsToldAtTheLevelDebugAlsoWhereNothingFollows)
{
    const Result result = run(quiet_program("[defaults]\nidle = 9\n", {"KASHIM_LOG=debug"}));
    EXPECT_NE(
        result.err.find("fd 3 to 127.0.0.1:" + std::to_string(peer_.port()) +
                        ", [defaults] at line 1: set keepalive=on idle=9s interval=30s count=5 user_timeout=off\n"),
        std::string::npos)
        << result;
    EXPECT_NE(result.err.find("[defaults] at line 1: the program set idle=5s; left\n"), std::string::npos) << result;
}

TEST_F(Messages, ARefusalIsAWarning)
{
    if (run({.arguments = {program("steps"), "mptcp a"}}).out.find("mptcp a = -1") != std::string::npos)
        GTEST_SKIP() << "no Multipath TCP here";
    const std::vector<std::string> arguments{program("steps"), "quiet", "mptcp a", to("connect a", peer_.port())};
    constexpr std::string_view kRefusal = "; the kernel refused user_timeout=159000ms (ENOPROTOOPT)\n";
    // The second is refused at socket() already.
    for (const char* user_timeout : {"auto", "159s"}) {
        const std::string configuration =
            "[defaults]\nidle = 9\nuser_timeout = \"" + std::string(user_timeout) + "\"\n";
        const Result told = run(with_library(configuration, arguments, {"KASHIM_LOG=warn"}));
        EXPECT_NE(told.err.find(kRefusal), std::string::npos) << user_timeout << told;
        EXPECT_EQ(run(with_library(configuration, arguments, {"KASHIM_LOG=error"})).err, "");
    }
}

TEST_F(Messages, NotAByteReachesThePeerOfAProgramThatInetdStarted)
{
    for (const char* level : {"error", "debug"}) {
        for (const std::string_view configuration : {kBroken, std::string_view("[defaults]\nidle = 7\n")}) {
            Connection connection;
            Command command = quiet_program(configuration, {std::string("KASHIM_LOG=") + level});
            command.descriptors = {{connection.near(), 0}, {connection.near(), 1}, {connection.near(), 2}};
            const Result result = run(command);
            EXPECT_TRUE(result.ok()) << result;
            EXPECT_EQ(connection.all_that_arrives(), "");
        }
    }
}

TEST_F(Messages, NotADatagramIsSentWhereStandardErrorIsAUdpSocket)
{
    const int receiver = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_storage address{};
    address.ss_family = AF_INET6;
    socklen_t size = 28;  // sizeof(sockaddr_in6)
    ASSERT_EQ(::bind(receiver, reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::getsockname(receiver, reinterpret_cast<sockaddr*>(&address), &size), 0);
    const int sender = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::connect(sender, reinterpret_cast<sockaddr*>(&address), size), 0);
    Command command = quiet_program(kBroken, {"KASHIM_LOG=debug"});
    command.descriptors = {{sender, 2}};
    EXPECT_TRUE(run(command).ok());
    char byte;
    EXPECT_EQ(::recv(receiver, &byte, 1, MSG_DONTWAIT), -1);
    ::close(receiver);
    ::close(sender);
}

TEST_F(Messages, AUnixSocketOrAPipeAsStandardErrorGetsThem)
{
    int ends[2];
    for (const bool with_pipe : {true, false}) {
        if (with_pipe)
            ASSERT_EQ(::pipe(ends), 0);
        else
            ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        Command command = quiet_program(kBroken, {});
        command.descriptors = {{ends[1], 2}};
        EXPECT_TRUE(run(command).ok());
        ::close(ends[1]);
        char text[1024] = "";
        const ssize_t length = ::read(ends[0], text, sizeof text - 1);
        EXPECT_GT(length, 0);
        EXPECT_NE(std::string(text).find("idel"), std::string::npos) << text;
        ::close(ends[0]);
    }
}

TEST_F(Messages, AnEndThatNobodyReadsKillsNobody)
{
    int ends[2];
    for (const bool with_pipe : {true, false}) {
        if (with_pipe)
            ASSERT_EQ(::pipe(ends), 0);
        else
            ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        ::close(ends[0]);
        Command command = quiet_program(kBroken, {"KASHIM_LOG=debug"});
        command.descriptors = {{ends[1], 2}};
        const Result result = run(command);
        EXPECT_TRUE(result.ok()) << result;
        ::close(ends[1]);
    }
}

TEST_F(Messages, AFullPipeMakesNobodyWait)
{
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_NONBLOCK), 0);
    const std::string much(1 << 16, 'x');
    while (::write(ends[1], much.data(), much.size()) > 0 || ::write(ends[1], "x", 1) == 1) {
    }
    ASSERT_EQ(::fcntl(ends[1], F_SETFL, 0), 0);
    Command command = quiet_program(kBroken, {"KASHIM_LOG=debug"});
    command.descriptors = {{ends[1], 2}};
    const Result result = run(command);
    EXPECT_TRUE(result.ok()) << result;
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_F(Messages, AFileThatTheProgramOpensAsDescriptorTwoGetsNotAByte)
{
    const std::string file = folder() / "precious";
    Command command = with_library(rule("peer = \"127.0.0.1\"", "idle = 9\napp = \"override\""),
                                   {program("steps"), "quiet", "close-all", "open a " + file, "open b " + file,
                                    "open c " + file, "tcp d", to("connect d", peer_.port()), "set d idle 5"},
                                   {"KASHIM_LOG=debug"});
    EXPECT_TRUE(run(command).ok());
    EXPECT_EQ(read_file(file), "");
}

TEST_F(Messages, AProgramStartedWithoutStandardErrorMayUseItsNumberForAFile)
{
    const std::string file = folder() / "precious";
    Command command = with_library(
        rule("peer = \"127.0.0.1\"", "idle = 9\napp = \"override\""),
        {program("steps"), "quiet", "open a " + file, "tcp b", to("connect b", peer_.port()), "set b idle 5"},
        {"KASHIM_LOG=debug"});
    command.before_exec = [] { ::close(2); };
    EXPECT_TRUE(run(command).ok());
    EXPECT_EQ(read_file(file), "");
}

TEST_F(Messages, ALogFileTakesNoDescriptorNumberAwayFromTheProgram)
{
    const std::string log = folder() / "log";
    const std::string file = folder() / "file";
    const Result result =
        both(rule("peer = \"127.0.0.1\"", "idle = 9"),
             {program("steps"), "open a " + file, "tcp b", to("connect b", peer_.port()), "close a", "tcp c"},
             {"KASHIM_LOG=debug", "KASHIM_LOG_FILE=" + log});
    EXPECT_NE(result.out.find("open a " + file + " = 3,"), std::string::npos) << result;
    EXPECT_NE(read_file(log), "");
}

TEST_F(Messages, ALogFileHearsOfAProgramThatClosedEveryDescriptor)
{
    const std::string log = folder() / "log";
    const Result result =
        run(with_library(rule("peer = \"127.0.0.1\"", "idle = 9"),
                         {program("steps"), "quiet", "close-all", "tcp b", to("connect b", peer_.port())},
                         {"KASHIM_LOG=debug", "KASHIM_LOG_FILE=" + log}));
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_NE(read_file(log).find("to 127.0.0.1:" + std::to_string(peer_.port())), std::string::npos) << read_file(log);
}

TEST_F(Messages, ALogFileHearsOfAProgramThatClosedItsDescriptorsAndWroteOverItsEnvironment)
{
    const std::string log = folder() / "log";
    const std::string place = folder() / "place";
    ASSERT_EQ(::mkdir(place.c_str(), 0755), 0);
    Command command = with_library(
        rule("peer = \"127.0.0.1\"", "idle = 9"),
        {program("steps"), "quiet", "close-from 3", "write-over-environment w", "tcp b", to("connect b", peer_.port())},
        {"KASHIM_LOG=debug", "KASHIM_LOG_FILE=" + log});
    command.directory = place;
    const Result result = run(command);
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_EQ(result.out + result.err, "");
    EXPECT_NE(read_file(log).find("to 127.0.0.1:" + std::to_string(peer_.port())), std::string::npos) << read_file(log);
    EXPECT_TRUE(std::filesystem::is_empty(place)) << std::filesystem::directory_iterator(place)->path();
}

TEST_F(Messages, ARelativeLogFileStaysWhereItWasWhenTheProgramGoesElsewhere)
{
    for (const char* descriptors : {"close-from 3", "close-from 900"}) {
        SCOPED_TRACE(descriptors);
        const TempDir start, elsewhere;
        Command command = with_library(rule("peer = \"127.0.0.1\"", "idle = 9"),
                                       {program("steps"), "quiet", "chdir " + elsewhere.path().string(), descriptors,
                                        "tcp b", to("connect b", peer_.port())},
                                       {"KASHIM_LOG=debug", "KASHIM_LOG_FILE=my.log"});
        command.directory = start.path();
        const Result result = run(command);
        EXPECT_TRUE(result.ok()) << result;
        EXPECT_EQ(result.out + result.err, "");
        const std::string log = read_file(start / "my.log");
        EXPECT_NE(log.find("to 127.0.0.1:" + std::to_string(peer_.port())), std::string::npos) << log;
        EXPECT_TRUE(std::filesystem::is_empty(elsewhere.path()));
    }
}

TEST_F(Messages, ALogFileThatHasGrownBeyondTwoGibibytesGrowsOn)
{
    const std::string log = folder() / "log";
    constexpr std::uintmax_t kLarge = std::uintmax_t{3} << 30;
    write_file(log, "");
    std::filesystem::resize_file(log, kLarge);  // nothing is written: it is all hole
    const Result result = run(quiet_program("", {"KASHIM_LOG=debug", "KASHIM_LOG_FILE=" + log}));
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_EQ(result.err, "");
    EXPECT_GT(std::filesystem::file_size(log), kLarge);
}

TEST_F(Messages, ALogFileThatCannotBeOpenedStopsNobody)
{
    const Result result = run(quiet_program("", {"KASHIM_LOG=debug", "KASHIM_LOG_FILE=/nowhere/at/all"}));
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find("]: /nowhere/at/all: error: KASHIM_LOG_FILE names this file, but it cannot be written: "
                              "its folder does not exist; messages go to standard error\n"),
              std::string::npos)
        << result;
}

TEST_F(Messages, AFileSizeLimitKillsNobodyWhoLogs)
{
    Command command = quiet_program("", {"KASHIM_LOG=debug", "KASHIM_LOG_FILE=" + (folder() / "log").string()});
    command.before_exec = [] {
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_FSIZE, &none);
    };
    const Result result = run(command);
    EXPECT_TRUE(result.ok()) << result;
}

// A background job of a terminal with "stty tostop" is stopped when it writes there.

TEST_F(Messages, ATerminalThatStopsBackgroundJobsWhichWriteStopsNobodyForAMessageOfOurs)
{
    for (const std::string_view configuration : {kBroken, std::string_view("[defaults]\nidle = 7\n")}) {
        SCOPED_TRACE(configuration);
        const std::string variable = "KASHIM_CONFIG=" + configuration_file(configuration);
        const std::vector<std::string> job{program("steps"), "quiet", "tcp a", to("connect a", peer_.port()),
                                           "no-such-step"};
        std::vector<std::string> bare{program("background_job"), "tostop", "--"};
        bare.insert(bare.end(), job.begin(), job.end());
        std::vector<std::string> preloaded{program("background_job"), "tostop", "LD_PRELOAD=" + library(), variable,
                                           "KASHIM_LOG=debug",        "--"};
        preloaded.insert(preloaded.end(), job.begin(), job.end());
        EXPECT_EQ(ending(run({.arguments = bare})), "exit 2");
        EXPECT_EQ(ending(run({.arguments = preloaded})), "exit 2");
    }
}

TEST_F(Messages, ATerminalThatLetsBackgroundJobsWriteGetsThem)
{
    const Result result =
        run({.arguments = {program("background_job"), "plain", "LD_PRELOAD=" + library(),
                           "KASHIM_CONFIG=" + configuration_file(kBroken), "--", program("steps"), "quiet"}});
    EXPECT_EQ(ending(result), "exit 0");
    EXPECT_NE(result.out.find("unknown key \"idel\" in [defaults]; did you mean \"idle\"?"), std::string::npos)
        << result;
}

TEST_F(Messages, ATerminalThatNobodyReadsHoldsNobody)
{
    int reader = -1;
    int terminal = -1;
    ASSERT_EQ(::openpty(&reader, &terminal, nullptr, nullptr, nullptr), 0);
    std::vector<std::string> arguments{program("steps"), "tcp a"};
    arguments.insert(arguments.end(), 400, "connect a 1");
    Command command = with_library(rule_for_port(1, "idle = 9"), arguments, {"KASHIM_LOG=debug"});
    command.descriptors = {{terminal, 2}};
    const Result result = run(command);
    EXPECT_TRUE(result.ok()) << result;
    ::close(terminal);
    ::close(reader);
}

TEST_F(Messages, LogOffSilencesABrokenConfiguration)
{
    const Result result = run(quiet_program(kBroken, {"KASHIM_LOG=off"}));
    EXPECT_TRUE(result.ok());
    EXPECT_EQ(result.out + result.err, "");
}

}  // namespace
}  // namespace kashim::test
