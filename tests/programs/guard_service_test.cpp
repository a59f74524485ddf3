// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What kashim guard tells the service manager and the journal.
#include "programs/guard_service.h"

#include <signal.h>
#include <sys/stat.h>

#include <regex>

namespace kashim::test {
namespace {

class GuardManagerTest : public GuardServiceTest {};

TEST_F(GuardManagerTest, ItIsReadyAfterTheFirstPassAndSaysWhenItStops)
{
    Process target = start_holder();
    NotifySocket manager(socket_path());
    Process guarding({.arguments = guard_of(target.pid()), .environment = {"NOTIFY_SOCKET=" + socket_path()}});
    EXPECT_EQ(manager.next(), "READY=1\nSTATUS=guarding 1 socket of 1 process");
    EXPECT_EQ(connected_socket(target.pid(), listener_.port()).value().values, kDefaults);
    guarding.kill(SIGTERM);
    EXPECT_EQ(manager.next_with("STOPPING"), "STOPPING=1");
    EXPECT_EQ(guarding.wait().exit_code, 0);
}

TEST_F(GuardManagerTest, AnAbstractSocketIsToldToo)
{
    Process target = start_holder();
    const std::string name = "@kashim-test-" + std::to_string(::getpid());
    NotifySocket manager(name);
    const Process guarding({.arguments = guard_of(target.pid()), .environment = {"NOTIFY_SOCKET=" + name}});
    EXPECT_EQ(manager.next(), "READY=1\nSTATUS=guarding 1 socket of 1 process");
}

TEST_F(GuardManagerTest, TheStatusFollowsWhatIsGuarded)
{
    Process target({.arguments = {debian_path("python3"), "-c",
                                  "import socket, sys\nheld = []\nfor line in sys.stdin: "
                                  "held.append(socket.create_connection(('127.0.0.1', int(line))))"},
                    .descriptors = {{keyboard_.read_end(), 0}}});
    NotifySocket manager(socket_path());
    const Process guarding({.arguments = guard_of(target.pid()), .environment = {"NOTIFY_SOCKET=" + socket_path()}});
    EXPECT_EQ(manager.next(), "READY=1\nSTATUS=guarding 0 sockets of 1 process");
    keyboard_.type(std::to_string(listener_.port()) + "\n");
    EXPECT_EQ(manager.next(), "STATUS=guarding 1 socket of 1 process");
}

TEST_F(GuardManagerTest, TheWatchdogIsFedBetweenThePasses)
{
    Process target = start_holder();
    NotifySocket manager(socket_path());
    // Passes come every 15 s here.
    const Process guarding({.arguments = guard(directory_, kDefaultsTable, {std::to_string(target.pid())}),
                            .environment = {"NOTIFY_SOCKET=" + socket_path(), "WATCHDOG_USEC=200000"}});
    EXPECT_TRUE(manager.next().starts_with("READY=1\n"));
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(manager.next(), "WATCHDOG=1");
}

TEST_F(GuardManagerTest, AWatchdogForAnotherProcessIsNotFed)
{
    Process target = start_holder();
    NotifySocket manager(socket_path());
    const Process guarding(
        {.arguments = guard(directory_, kDefaultsTable, {std::to_string(target.pid())}),
         .environment = {"NOTIFY_SOCKET=" + socket_path(), "WATCHDOG_USEC=50000", "WATCHDOG_PID=1"}});
    EXPECT_TRUE(manager.next().starts_with("READY=1\n"));
    EXPECT_EQ(manager.next(std::chrono::milliseconds(300)), "nothing");
}

TEST_F(GuardManagerTest, AReloadIsAnnounced)
{
    Process target = start_holder();
    NotifySocket manager(socket_path());
    Process guarding({.arguments = guard_of(target.pid()), .environment = {"NOTIFY_SOCKET=" + socket_path()}});
    EXPECT_TRUE(manager.next().starts_with("READY=1\n"));
    guarding.kill(SIGHUP);
    EXPECT_TRUE(std::regex_match(manager.next(), std::regex("RELOADING=1\nMONOTONIC_USEC=[0-9]+")));
    EXPECT_EQ(manager.next(), "READY=1\nSTATUS=guarding 1 socket of 1 process");
}

/// The manager's words are for the program: it may be the one that says READY.
TEST_F(GuardManagerTest, AProgramBehindDashesTellsTheServiceManagerItself)
{
    KASHIM_NEEDS("python3");
    NotifySocket manager(socket_path());
    const Result result =
        run({.arguments = guard_started(directory_, in_a_hurry(kDefaultsTable),
                                        {debian_path("python3"), "-c",
                                         "import os, socket\nsocket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)"
                                         ".sendto(b'READY=1 from the program', os.environ['NOTIFY_SOCKET'])"}),
             .environment = {"NOTIFY_SOCKET=" + socket_path()}});
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_EQ(manager.next(), "READY=1 from the program");
    EXPECT_EQ(manager.next(std::chrono::milliseconds(0)), "nothing");
}

/// A stream socket that JOURNAL_STREAM calls the journal's, as standard error.
TEST_F(GuardManagerTest, TheJournalGetsPrioritiesInsteadOfOurName)
{
    Process target = start_holder();
    std::array<int, 2> journal{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, journal.data()), 0);
    struct stat status {};
    ASSERT_EQ(::fstat(journal[1], &status), 0);
    const std::string stream = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
    std::string said;
    const auto read_until = [&](const std::string& text) {
        return eventually([&] {
            std::array<char, 4096> memory;
            const ssize_t size = ::recv(journal[0], memory.data(), memory.size(), MSG_DONTWAIT);
            said.append(memory.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
            return said.ends_with(text);
        });
    };
    Process guarding({.arguments = guard_of(target.pid()),
                      .environment = {"JOURNAL_STREAM=" + stream},
                      .descriptors = {{journal[1], 2}}});
    EXPECT_TRUE(read_until("\n"));
    EXPECT_EQ(said, "<6>visitor[" + std::to_string(target.pid()) +
                        "]: fd 3 to 127.0.0.1:" + std::to_string(listener_.port()) +
                        ", [defaults] at line 1: set keepalive=on idle=90s interval=45s count=6\n");
    said.clear();
    write_file(directory_ / "guard.toml", "[defaults]\nidel = 4\n");
    guarding.kill(SIGHUP);
    const std::string file = directory_ / "guard.toml";
    EXPECT_TRUE(read_until("in force\n"));
    EXPECT_EQ(said, "<3>" + file +
                        ":2:1: error: unknown key \"idel\" in [defaults]; did you mean \"idle\"?\n<3>errors: 1; "
                        "the rules of " +
                        file + " as they were read before stay in force\n");
    ::close(journal[0]);
    ::close(journal[1]);
}

}  // namespace
}  // namespace kashim::test
