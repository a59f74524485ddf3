// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "preload.h"

#include <filesystem>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

class HostProgram : public Preload {
protected:
    /// Configurations that make the library do least and most.
    std::vector<std::string> configurations() const
    {
        std::string many;
        for (const char* app : {"respect", "cap", "override"})
            many += rule("peer = \"127.0.0.0/16\"\napp = \"" + std::string(app) + "\"",
                         "idle = 12\nuser_timeout = \"auto\"");
        return {"", "[defaults]\napp = \"override\"\nuser_timeout = \"auto\"\n", "[defaults]\nkeepalive = \"leave\"\n",
                many};
    }
};

TEST_F(HostProgram, ResultAndErrnoOfEveryCallAreThoseOfTheBareProgram)
{
    const Peer peer;
    const std::uint16_t closed = free_port();
    const std::string absent = folder() / "absent";
    const std::vector<std::string> arguments{
        // socket
        "tcp a", "tcp6 b", "tcp-flags c", "udp d", "unix e", "no-family f", "no-protocol f", "no-type f",
        // connect
        to("connect 9999", peer.port()), to("connect 0", peer.port()), "connect-nowhere a",
        to("connect-short a", peer.port()), to("connect-long a", peer.port()), to("connect-beyond a", peer.port()),
        "tcp z", to("connect-edge z", peer.port()), "tcp y", to("connect-odd y", peer.port()), "connect a 1 ::1",
        to("connect a", closed), to("connect a", peer.port()), to("connect a", peer.port()), "disconnect a",
        to("connect a", peer.port()), "connect-unix e " + absent, to("connect d", peer.port()), "disconnect d",
        to("connect c", peer.port()) + " 127.0.0.1", "finish c",
        // listen and accept
        "listen 9999", "listen 0", "listen d", "listen a", "tcp l", to("bind l", peer.port()), "bind l 0", "listen l",
        "listen l", "connect l @l", "nonblocking l", "accept g l", "accept-anybody g l", "accept4-flags g l",
        "accept g 9999", "accept4-flags g 9999", "accept g 0", "accept g d", "accept4-wrong g l", "tcp h",
        "connect h @l", "accept-nowhere g l", "accept-negative g l", "accept i l", "flags i", "blocking l", "tcp j",
        "connect j @l", "accept4-short k l",
        // setsockopt
        "set a keepalive 1", "set a idle 7", "set a idle 0", "set a idle 40000", "set a nothing 1", "set 9999 idle 7",
        "set 0 idle 7", "set d idle 7", "set d keepalive 1", "set-short a count", "set-from-nowhere a interval",
        "set-long a user_timeout", "set e keepalive 1", "set l idle 8", "set i count 8", "close i", "set i count 8"};
    for (const std::string& configuration : configurations()) {
        SCOPED_TRACE(configuration);
        const Result result = steps(configuration, arguments);
        for (const char* error :
             {"EBADF", "ENOTSOCK", "EAFNOSUPPORT", "EPROTONOSUPPORT", "ECONNREFUSED", "EINPROGRESS", "EAGAIN", "EINVAL",
              "EFAULT", "ENOPROTOOPT", "EISCONN", "EADDRINUSE", "EOPNOTSUPP", "ENOENT", "kept"})
            EXPECT_NE(result.out.find(std::string("errno ") + error), std::string::npos) << error << "\n" << result;
    }
}

TEST_F(HostProgram, ListeningOnATakenPortFailsWithTheSameErrno)
{
    // Two sockets may bind one port with SO_REUSEADDR; only one of them may listen.
    const std::uint16_t port = free_port();
    for (const std::string& configuration : configurations()) {
        const Result result = steps(configuration, {"tcp a", "tcp b", to("bind a", port), to("bind b", port),
                                                    "listen a", "listen b", "tcp c", "connect c @a", "accept d b"});
        EXPECT_NE(result.out.find("listen b = -1, errno EADDRINUSE"), std::string::npos) << result;
    }
}

TEST_F(HostProgram, SocketsInOtherLibrariesConstructorsAndInPreinitWork)
{
    const Result result = both("[defaults]\nidle = 12\n", {program("early")});
    EXPECT_EQ(values(result, "late").idle, 12);
    EXPECT_EQ(values(result, "reconnected").idle, 12);
    EXPECT_EQ(values(result, "accepted").idle, 12);
}

TEST_F(HostProgram, ALibraryPreloadedBeforeOrAfterOursMayUseSocketsInItsConstructor)
{
    const std::string other = early_library();
    for (const std::string& order : {other + ":" + library(), library() + ":" + other}) {
        // "steps" numbers its sockets as if alone, so bare it needs the other library too.
        const std::vector<std::string> arguments{program("steps"), "tcp a", "close a", "tcp b", "show b"};
        const Result bare = run({.arguments = arguments, .environment = {"LD_PRELOAD=" + other}});
        const Result result = run(with_library("[defaults]\nidle = 12\n", arguments, {"LD_PRELOAD=" + order}));
        ASSERT_TRUE(result.ok()) << result;
        EXPECT_EQ(visible(result), visible(bare));
        EXPECT_EQ(values(result, "b").idle, 12);
    }
}

TEST_F(HostProgram, TheFirstSocketMayBeMadeInASignalHandlerOnEightKilobytes)
{
    for (const char* level : {"off", "debug"}) {
        const std::string log = folder() / "log";
        const Result result =
            both(rule("peer = \"127.0.0.0/8\"", "idle = 44\napp = \"override\""), {program("small_stack"), "signal"},
                 {std::string("KASHIM_LOG=") + level, "KASHIM_LOG_FILE=" + log});
        EXPECT_EQ(values(result, "made").idle, 44);
    }
}

TEST_F(HostProgram, TheFirstSocketMayBeMadeInAThreadWithSixteenKilobytes)
{
    for (const char* level : {"off", "debug"}) {
        const std::string log = folder() / "log";
        const Result result =
            both(rule("peer = \"127.0.0.0/8\"", "idle = 44\napp = \"override\""), {program("small_stack"), "thread"},
                 {std::string("KASHIM_LOG=") + level, "KASHIM_LOG_FILE=" + log});
        EXPECT_EQ(values(result, "made").idle, 44);
    }
}

TEST_F(HostProgram, NoChildHangsThatIsForkedWhileOtherThreadsConnect)
{
    both(rule("peer = \"127.0.0.0/8\"", "idle = 44\nuser_timeout = \"auto\""), {program("forks")});
}

TEST_F(HostProgram, NoChildHangsEitherWhileTheThreadsLog)
{
    both(rule("peer = \"127.0.0.0/8\"", "idle = 44"), {program("forks")},
         {"KASHIM_LOG=debug", "KASHIM_LOG_FILE=" + (folder() / "log").string()});
}

TEST_F(HostProgram, AThreadCancelledInABlockedCallRunsItsCleanupHandlers)
{
    for (const char* call : {"accept", "accept4", "connect"}) {
        SCOPED_TRACE(call);
        const Result result = both(rule("peer = \"127.0.0.0/8\"", "idle = 44"), {program("cancelled"), call});
        EXPECT_NE(result.out.find(std::string("cleaning up after ") + call), std::string::npos) << result;
    }
}

TEST_F(HostProgram, AThreadCancelledInABlockedCallRunsItsDestructors)
{
    for (const char* call : {"accept", "accept4", "connect"}) {
        SCOPED_TRACE(call);
        const Result result = both(rule("peer = \"127.0.0.0/8\"", "idle = 44"), {program("cancelled_cpp"), call});
        EXPECT_NE(result.out.find(std::string("destroying what used ") + call), std::string::npos) << result;
    }
}

TEST_F(HostProgram, ASeccompFilterThatKillsOnEverythingButSocketCallsIsSurvived)
{
    const std::string configuration = rule("peer = \"127.0.0.0/8\"", "idle = 12\napp = \"override\"");
    const Result result = both(configuration, {program("seccomp"), "kill"});
    EXPECT_EQ(values(result, "client").idle, 12);
    EXPECT_EQ(values(result, "accepted").idle, 12);
}

// A line takes getpid, fstat and ppoll besides write; the README says so.
TEST_F(HostProgram, ASeccompFilterThatSparesWhatALineTakesIsSurvivedWithEveryMessageAskedFor)
{
    const std::string configuration = rule("peer = \"127.0.0.0/8\"", "idle = 12\napp = \"override\"");
    const Result result = run(with_library(configuration, {program("seccomp"), "kill_but_log"}, {"KASHIM_LOG=debug"}));
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_EQ(values(result, "client").idle, 12);
}

TEST_F(HostProgram, AProgramWhoseFilterRefusesSetsockoptRunsAsItWouldBare)
{
    for (const std::string& configuration : configurations())
        both(configuration, {program("seccomp"), "refuse"});
}

TEST_F(HostProgram, NamesOfTheProgramsOwnAreNeitherUsedNorChanged)
{
    const Result result = both("[defaults]\nidle = 12\n", {program("own_names"), early_library()});
    EXPECT_EQ(values(result, "next").idle, 12);
    EXPECT_EQ(values(result, "default").idle, 12);
    EXPECT_EQ(values(result, "library opened late").idle, 12);
}

TEST_F(HostProgram, AProgramWithASocketFunctionOfItsOwnKeepsIt)
{
    const Result result = both("[defaults]\nidle = 12\n", {program("own_socket")});
    EXPECT_EQ(values(result, "made"), untouched());
    EXPECT_EQ(values(result, "connected").idle, 12);
}

TEST_F(HostProgram, AProgramWhoseOwnDlsymFindsNothingKeepsItsSockets)
{
    const Result result = both("[defaults]\nidle = 12\n", {program("own_dlsym")});
    EXPECT_EQ(values(result, "client").idle, 12);
    EXPECT_EQ(values(result, "accepted").idle, 12);
}

TEST_F(HostProgram, AProgramWhoseOwnDlsymFindsOurHooksIsNotCaughtInACircle)
{
    const Result result = both("[defaults]\nidle = 12\n", {program("own_dlsym")}, {"OWN_DLSYM=first"});
    EXPECT_EQ(values(result, "client").idle, 12);
    EXPECT_EQ(values(result, "accepted").idle, 12);
}

// The library did not find itself, and took itself for a part of the program: a static command has no name either.
TEST_F(HostProgram, AProgramThatHidesTheLibraryFromItselfDoesNotConfigureIt)
{
    const std::string installed = folder() / "bin/program";
    fs::create_directories(folder() / "bin");
    fs::create_directories(folder() / "etc/kashim");
    fs::copy_file(program("own_dl_iterate_phdr"), installed);
    write_file(folder() / "etc/kashim/kashim.toml", "[defaults]\nidle = 77\n");
    const Result result = run({.arguments = {installed}, .environment = {"LD_PRELOAD=" + library()}});
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_NE(values(result, "socket").idle, 77);
}

}  // namespace
}  // namespace kashim::test
