// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim guard as a service: what it tells the service manager and the journal, and how it ends.
#include "programs/guard.h"
#include "programs/loopback.h"
#include "programs/pipe.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <regex>

namespace kashim::test {
namespace {

/// The socket at which a service manager listens, as NOTIFY_SOCKET names it: a path, or @ and an abstract name.
class NotifySocket {
public:
    explicit NotifySocket(const std::string& name)
    {
        fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        if (name[0] == '@')
            address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0)
            throw std::system_error(errno, std::generic_category(), name);
    }
    NotifySocket(const NotifySocket&) = delete;
    NotifySocket& operator=(const NotifySocket&) = delete;
    ~NotifySocket() { ::close(fd_); }

    /// The next message; "nothing" where none comes.
    std::string next(std::chrono::milliseconds deadline = kDeadline)
    {
        pollfd ready{fd_, POLLIN, 0};
        if (::poll(&ready, 1, static_cast<int>(deadline.count())) != 1)
            return "nothing";
        std::array<char, 4096> memory{};
        const ssize_t size = ::recv(fd_, memory.data(), memory.size(), 0);
        return {memory.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    }

    /// The next one that starts so.
    std::string next_with(const std::string& start)
    {
        std::string message;
        do
            message = next();
        while (!message.starts_with(start) && message != "nothing");
        return message;
    }

private:
    int fd_ = -1;
};

/// Connects, says so, and holds the connection until its standard input ends.
std::vector<std::string> holder(std::uint16_t port)
{
    return {built("visitor"), std::to_string(port)};
}

class GuardServiceTest : public testing::Test {
protected:
    std::vector<std::string> guard_of(pid_t pid, std::vector<std::string> more = {}) const
    {
        more.push_back(std::to_string(pid));
        return guard(directory_, in_a_hurry(kDefaultsTable), more);
    }

    std::string socket_path() const { return directory_ / "notify"; }

    /// A program with one connection, which is there when this returns.
    Process start_holder()
    {
        Process process({.arguments = holder(listener_.port()), .descriptors = {{keyboard_.read_end(), 0}}});
        EXPECT_TRUE(process.says("connected"));
        return process;
    }

    const TempDir directory_;
    const Listener listener_{"127.0.0.1"};
    Pipe keyboard_;
};

TEST_F(GuardServiceTest, ItIsReadyAfterTheFirstPassAndSaysWhenItStops)
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

TEST_F(GuardServiceTest, AnAbstractSocketIsToldToo)
{
    Process target = start_holder();
    const std::string name = "@kashim-test-" + std::to_string(::getpid());
    NotifySocket manager(name);
    const Process guarding({.arguments = guard_of(target.pid()), .environment = {"NOTIFY_SOCKET=" + name}});
    EXPECT_EQ(manager.next(), "READY=1\nSTATUS=guarding 1 socket of 1 process");
}

TEST_F(GuardServiceTest, TheStatusFollowsWhatIsGuarded)
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

TEST_F(GuardServiceTest, TheWatchdogIsFedBetweenThePasses)
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

TEST_F(GuardServiceTest, AWatchdogForAnotherProcessIsNotFed)
{
    Process target = start_holder();
    NotifySocket manager(socket_path());
    const Process guarding({.arguments = guard(directory_, kDefaultsTable, {std::to_string(target.pid())}),
                            .environment = {"NOTIFY_SOCKET=" + socket_path(), "WATCHDOG_USEC=50000", "WATCHDOG_PID=1"}});
    EXPECT_TRUE(manager.next().starts_with("READY=1\n"));
    EXPECT_EQ(manager.next(std::chrono::milliseconds(300)), "nothing");
}

TEST_F(GuardServiceTest, AReloadIsAnnounced)
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
TEST_F(GuardServiceTest, AProgramBehindDashesTellsTheServiceManagerItself)
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

TEST_F(GuardServiceTest, ItEndsWithItsLastTarget)
{
    Process first = start_holder();
    Pipe other_keyboard;
    Process second({.arguments = holder(listener_.port()), .descriptors = {{other_keyboard.read_end(), 0}}});
    ASSERT_TRUE(second.says("connected"));
    std::vector<std::string> arguments = guard_of(first.pid());
    arguments.push_back(std::to_string(second.pid()));
    Process guarding({.arguments = arguments});
    ASSERT_EQ(values_become(second.pid(), listener_.port(), kDefaults), kDefaults);
    keyboard_.type("\n");
    EXPECT_TRUE(first.wait().ok());
    EXPECT_FALSE(eventually([&] { return !guarding.running(); }, std::chrono::milliseconds(300)));
    other_keyboard.type("\n");
    EXPECT_TRUE(second.wait().ok());
    EXPECT_EQ(guarding.wait().exit_code, 0);
}

TEST_F(GuardServiceTest, ItGoesOnAsLongAsADescendantLives)
{
    Pipe starter;
    Process shell({.arguments = {"sh", "-c", "read line; " + built("visitor") + " " + std::to_string(listener_.port()) +
                                                 " <&7 & read line; exit 0"},
                   .descriptors = {{starter.read_end(), 0}, {keyboard_.read_end(), 7}}});
    NotifySocket manager(socket_path());
    Process guarding({.arguments = guard_of(shell.pid()), .environment = {"NOTIFY_SOCKET=" + socket_path()}});
    EXPECT_EQ(manager.next(), "READY=1\nSTATUS=guarding 0 sockets of 1 process");
    starter.type("\n");
    ASSERT_TRUE(shell.says("connected"));
    // A pass must have seen the child while its parent lived.
    ASSERT_EQ(values_become(shell.pid(), listener_.port(), kDefaults), kDefaults);
    starter.type("\n");
    EXPECT_TRUE(shell.wait().ok());
    EXPECT_FALSE(eventually([&] { return !guarding.running(); }, std::chrono::milliseconds(300)));
    keyboard_.type("\n");
    EXPECT_EQ(guarding.wait().exit_code, 0);
}

TEST_F(GuardServiceTest, InterruptedItEndsCleanly)
{
    Process target = start_holder();
    NotifySocket manager(socket_path());
    for (const int signal : {SIGINT, SIGTERM}) {
        Process guarding({.arguments = guard_of(target.pid()), .environment = {"NOTIFY_SOCKET=" + socket_path()}});
        ASSERT_NE(manager.next_with("READY=1"), "nothing");
        guarding.kill(signal);
        EXPECT_EQ(guarding.wait().exit_code, 0) << signal;
    }
    EXPECT_TRUE(target.running());
}

/// A stream socket that JOURNAL_STREAM calls the journal's, as standard error.
TEST_F(GuardServiceTest, TheJournalGetsPrioritiesInsteadOfOurName)
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
    EXPECT_EQ(said, "<6>visitor[" + std::to_string(target.pid()) + "]: fd 3 to 127.0.0.1:" +
                        std::to_string(listener_.port()) +
                        ", [defaults] at line 1: set keepalive=on idle=90s interval=45s count=6\n");
    said.clear();
    write_file(directory_ / "guard.toml", "[defaults]\nidel = 4\n");
    guarding.kill(SIGHUP);
    const std::string file = directory_ / "guard.toml";
    EXPECT_TRUE(read_until("in force\n"));
    EXPECT_EQ(said, "<3>" + file + ":2:1: error: unknown key \"idel\" in [defaults]; did you mean \"idle\"?\n<3>errors: 1; "
                                   "the rules of " + file + " as they were read before stay in force\n");
    ::close(journal[0]);
    ::close(journal[1]);
}

TEST_F(GuardServiceTest, LevelsAndTheLogFileAreRespected)
{
    const std::string log = directory_ / "log";
    struct Row {
        std::vector<std::string> options;
        std::vector<std::string> environment;
        bool on_stderr;
        bool in_file;
    };
    for (const Row& row : {Row{{}, {}, true, false}, Row{{"--quiet"}, {}, false, false},
                           Row{{}, {"KASHIM_LOG=warn"}, false, false}, Row{{}, {"KASHIM_LOG_FILE=" + log}, false, true},
                           Row{{"--quiet"}, {"KASHIM_LOG=info"}, false, false}}) {
        Process target = start_holder();
        Process guarding({.arguments = guard_of(target.pid(), row.options), .environment = row.environment});
        ASSERT_EQ(values_become(target.pid(), listener_.port(), kDefaults), kDefaults);
        guarding.kill(SIGTERM);
        const Result result = guarding.wait();
        EXPECT_EQ(result.err.find("visitor[") != std::string::npos, row.on_stderr) << result;
        const std::string written = std::filesystem::exists(log) ? read_file(log) : "";
        EXPECT_EQ(written.find("]: visitor[") != std::string::npos, row.in_file) << written;
        std::filesystem::remove(log);
    }
}

TEST_F(GuardServiceTest, WrongUsageSaysWhatIsWrong)
{
    const std::string self = std::to_string(::getpid());
    struct Row {
        std::vector<std::string> arguments;
        std::string said;
    };
    const std::string nobody = "kashim guard: name the processes: kashim guard PID..., or --all, or start a program: kashim "
                               "guard -- PROGRAM\nsee: kashim guard --help\n";
    for (const Row& row : {Row{{}, nobody}, Row{{"--"}, nobody},
                           Row{{"nginx"}, "kashim guard: \"nginx\" is no process id; a program stands behind --: kashim "
                                          "guard -- nginx\n"},
                           Row{{self, "--", "true"},
                               "kashim guard: give process ids, or --all, or a program behind --; not two of these\n"},
                           Row{{self, "--all"}, nobody},
                           Row{{"--override", "--", "true"}, "kashim guard: --override is about programs that run already: "
                                                             "their present values count as ours\n"}}) {
        const Result result = run({.arguments = guard(directory_, kDefaultsTable, row.arguments)});
        EXPECT_EQ(result.exit_code, 2) << result;
        EXPECT_EQ(result.err, row.said);
        EXPECT_EQ(result.out, "");
    }
}

}  // namespace
}  // namespace kashim::test
