// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// `kashim guard -- PROGRAM`: the program, its caller and whoever reads its output must not notice that somebody stands
// between them.
#include "programs/guard.h"
#include "programs/loopback.h"
#include "programs/pipe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <sstream>
#include <utility>

namespace kashim::test {
namespace {

class GuardWrapperTest : public testing::Test {
protected:
    std::vector<std::string> guarded(const std::vector<std::string>& program) const
    {
        return guard_started(directory_, in_a_hurry(kDefaultsTable), program);
    }

    std::vector<std::string> python(const char* script) const { return guarded({debian_path("python3"), "-c", script}); }

    /// The program, bare and guarded, says the same.
    void expect_same(const std::vector<std::string>& program, const std::function<void()>& before_exec = {}) const
    {
        const Result bare = run({.arguments = program, .directory = "/usr", .before_exec = before_exec});
        const Result result = run({.arguments = guarded(program), .directory = "/usr", .before_exec = before_exec});
        EXPECT_TRUE(bare.ok()) << bare;
        EXPECT_EQ(bare.out, result.out);
        EXPECT_EQ(bare.err, result.err);
        EXPECT_EQ(bare.exit_code, result.exit_code);
    }

    const TempDir directory_;
};

TEST_F(GuardWrapperTest, TheExitStatusIsThePrograms)
{
    for (const int status : {0, 1, 7, 125, 255}) {
        const Result result = run({.arguments = guarded({"sh", "-c", "exit " + std::to_string(status)})});
        EXPECT_EQ(result.exit_code, status) << result;
        EXPECT_EQ(result.out + result.err, "");
    }
}

TEST_F(GuardWrapperTest, ASignalThatEndsTheProgramEndsTheGuardToo)
{
    for (const int signal : {SIGTERM, SIGKILL, SIGSEGV, SIGPIPE, SIGRTMIN}) {
        const Result result = run({.arguments = guarded({"sh", "-c", "kill -" + std::to_string(signal) + " $$"})});
        EXPECT_EQ(result.signal, signal) << result;
        EXPECT_EQ(result.out + result.err, "");
    }
}

TEST_F(GuardWrapperTest, TheProgramsCoreDumpIsTheOnlyOne)
{
    if (const std::string pattern = read_file("/proc/sys/kernel/core_pattern"); pattern.find_first_of("|/") != pattern.npos)
        GTEST_SKIP() << "skipped, because core dumps do not go to the working folder here: " << pattern;
    const Result result = run({.arguments = guarded({"sh", "-c", "kill -ABRT $$"}),
                               .directory = directory_.path(),
                               .before_exec = [] {
                                   const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
                                   ::setrlimit(RLIMIT_CORE, &unlimited);
                               }});
    EXPECT_EQ(result.signal, SIGABRT) << result;
    std::vector<std::string> cores;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path()))
        if (entry.path().filename().string().starts_with("core"))
            cores.push_back(entry.path());
    EXPECT_EQ(cores.size(), 1u);
    // The guard's working folder is the root by then.
    EXPECT_FALSE(std::filesystem::exists("/core"));
}

TEST_F(GuardWrapperTest, AProgramThatIsNotThereGives127AndOneThatCannotBeExecuted126)
{
    const Result missing = run({.arguments = guarded({"no-such-program"})});
    EXPECT_EQ(missing.exit_code, 127);
    EXPECT_EQ(missing.err, "kashim guard: cannot execute \"no-such-program\": No such file or directory\n");
    const std::string file = write_file(directory_ / "file", "");
    const Result plain = run({.arguments = guarded({file})});
    EXPECT_EQ(plain.exit_code, 126);
    EXPECT_EQ(plain.err, "kashim guard: cannot execute \"" + file + "\": Permission denied\n");
}

TEST_F(GuardWrapperTest, WithAnErrorInTheConfigurationTheProgramIsNotStarted)
{
    const Result result = run({.arguments = guard_started(directory_, "[defaults]\nidel = 20\n", {"echo", "started"})});
    const std::string file = directory_ / "guard.toml";
    EXPECT_EQ(result.exit_code, 125);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, file + ":2:1: error: unknown key \"idel\" in [defaults]; did you mean \"idle\"?\n"
                                 "    2 | idel = 20\n"
                                 "      | ^\n"
                                 "kashim guard: \"echo\" is not started with such a configuration\n");
}

TEST_F(GuardWrapperTest, ADisabledKashimBecomesTheProgram)
{
    Command command{.arguments = guard_started(directory_, "wrong", {"sh", "-c", "echo $$"}),
                    .environment = {"KASHIM_DISABLE=1"}};
    Process process(command);
    const pid_t pid = process.pid();
    EXPECT_EQ(process.wait().out, std::to_string(pid) + "\n");
}

TEST_F(GuardWrapperTest, InputOutputEnvironmentFolderAndDescriptorsAreThoseThatTheCallerGave)
{
    const Result result = run({.arguments = guarded({"cat"}), .input = "a line\n"});
    EXPECT_EQ(result.out, "a line\n");
    EXPECT_EQ(result.err, "");
    expect_same({"sh", "-c", "env | grep -v ^_ | sort; pwd; umask; ulimit -a; ls /proc/self/fd; echo to stderr >&2"});
}

TEST_F(GuardWrapperTest, SignalMasksAndDispositionsAreThoseThatTheCallerGave)
{
    expect_same({"grep", "^Sig[BIC]", "/proc/self/status"});
    expect_same({"grep", "^Sig[BIC]", "/proc/self/status"}, [] {
        for (const int signal : {SIGHUP, SIGCHLD, SIGPIPE, SIGUSR2})
            ::signal(signal, SIG_IGN);
        sigset_t blocked;
        ::sigemptyset(&blocked);
        ::sigaddset(&blocked, SIGUSR1);
        ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
    });
}

constexpr const char* kTellsSignals = R"(
import signal, sys
everything = set(range(1, 65)) - {32, 33, signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}
signal.pthread_sigmask(signal.SIG_BLOCK, everything)
print("ready", flush=True)
while True:
    got = signal.sigwaitinfo(everything)
    print(got.si_signo, flush=True)
    if got.si_signo == signal.SIGTERM: break
)";

TEST_F(GuardWrapperTest, EverySignalThatArrivesIsForwardedOnce)
{
    KASHIM_NEEDS("python3");
    Process process({.arguments = python(kTellsSignals)});
    ASSERT_TRUE(process.says("ready\n"));
    std::string expected = "ready\n";
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH, SIGTSTP, SIGCONT, SIGABRT,
                             SIGPIPE, SIGIO, SIGRTMIN + 3, SIGTERM}) {
        process.kill(signal);
        expected += std::to_string(signal) + "\n";
        ASSERT_TRUE(process.says(expected)) << signal;
    }
    const Result result = process.wait();
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out, expected);
    EXPECT_EQ(result.err, "");
}

/// alarm(2) lives on in whoever is executed: the program would have got it.
TEST_F(GuardWrapperTest, AnAlarmThatTheCallerSetIsThePrograms)
{
    const Result result = run({.arguments = guarded({"sleep", "60"}), .before_exec = [] { ::alarm(1); }});
    EXPECT_EQ(result.signal, SIGALRM) << result;
}

constexpr const char* kTellsItsParent = R"(
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
os.kill(os.getppid(), signal.SIGUSR1)
print(signal.sigtimedwait([signal.SIGUSR1], 0.5))
)";

TEST_F(GuardWrapperTest, WhatTheProgramSendsToItsParentDoesNotComeBack)
{
    KASHIM_NEEDS("python3");
    const Result result = run({.arguments = python(kTellsItsParent)});
    EXPECT_EQ(result.out, "None\n") << result;
}

/// The other side of a pipe sees the end when the program closes it, though the guard and the program live on.
TEST_F(GuardWrapperTest, NoEndOfAPipeIsHeld)
{
    std::array<int, 2> out{};
    std::array<int, 2> more{};
    ASSERT_EQ(::pipe2(out.data(), O_CLOEXEC), 0);
    ASSERT_EQ(::pipe2(more.data(), O_CLOEXEC), 0);
    Pipe keyboard;
    Process process({.arguments = guarded({"bash", "-c", "exec >&- 2>&- 7>&-; read line; exit 3"}),
                     .descriptors = {{keyboard.read_end(), 0}, {out[1], 1}, {out[1], 2}, {more[1], 7}}});
    ::close(out[1]);
    ::close(more[1]);
    for (const int end : {out[0], more[0]}) {
        pollfd reader{end, POLLIN, 0};
        ASSERT_TRUE(eventually([&] { return ::poll(&reader, 1, 0) == 1; }, std::chrono::seconds(20)));
        char byte = 0;
        EXPECT_EQ(::read(end, &byte, 1), 0);
    }
    EXPECT_TRUE(process.running());
    keyboard.type("\n");
    EXPECT_EQ(process.wait().exit_code, 3);
    ::close(out[0]);
    ::close(more[0]);
}

/// And whoever writes to the program gets SIGPIPE when it closes its input.
TEST_F(GuardWrapperTest, TheReadingEndOfAPipeIsNotHeldEither)
{
    std::array<int, 2> in{};
    ASSERT_EQ(::pipe2(in.data(), O_CLOEXEC), 0);
    Process process({.arguments = guarded({"sh", "-c", "exec <&-; sleep 60"}), .descriptors = {{in[0], 0}}});
    ::close(in[0]);
    pollfd reader{in[1], POLLERR, 0};
    EXPECT_TRUE(eventually([&] { return ::poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0; }));
    EXPECT_TRUE(process.running());
    ::close(in[1]);
}

TEST_F(GuardWrapperTest, AGuardThatIsKilledLeavesTheProgramRunning)
{
    KASHIM_NEEDS("python3");
    Pipe keyboard;
    Process process({.arguments = python("import os\nprint(os.getpid(), flush=True)\ninput()\nprint('lives', flush=True)"),
                     .descriptors = {{keyboard.read_end(), 0}}});
    ASSERT_TRUE(process.says("\n"));
    process.kill(SIGKILL);
    ASSERT_TRUE(eventually([&] { return !process.running(); }));
    keyboard.type("\n");
    EXPECT_TRUE(eventually([&] { return process.out().ends_with("lives\n"); })) << process.out();
}

TEST_F(GuardWrapperTest, SocketActivationReachesTheProgram)
{
    KASHIM_NEEDS("systemd-socket-activate");
    KASHIM_NEEDS("python3");
    const std::uint16_t port = free_port();
    std::vector<std::string> command{debian_path("systemd-socket-activate"), "--listen=127.0.0.1:" + std::to_string(port)};
    const std::vector<std::string> service = python(
        "import os, socket\n"
        "assert os.environ['LISTEN_FDS'] == '1' and os.environ['LISTEN_PID'] == str(os.getpid())\n"
        "connection, _ = socket.socket(fileno=3).accept()\n"
        "connection.sendall(b'served')\nconnection.recv(1)\n");
    command.insert(command.end(), service.begin(), service.end());
    Process process({.arguments = command});
    Connection client = connect_to("127.0.0.1", port);
    EXPECT_EQ(client.receive_until("served"), "served") << process.err();
    constexpr Values kOurs{.keepalive = 1, .idle = 90, .interval = 45, .count = 6, .user_timeout = 0};
    EXPECT_EQ(accepted_values_become(process.pid(), port, client.local_port(), kOurs), kOurs);
}

TEST_F(GuardWrapperTest, TheServiceManagersNumbersAreThoseOfTheProgram)
{
    std::string guard;
    for (const std::string& word : guarded({"sh", "-c", "test $WATCHDOG_PID = $$ && test $SYSTEMD_EXEC_PID = $$ && "
                                                        "test $LISTEN_PID = 1 && echo ${LISTEN_PIDFDID-unset}"}))
        guard += "'" + word + "' ";
    const Result result = run({.arguments = {"sh", "-c", "WATCHDOG_PID=$$ SYSTEMD_EXEC_PID=$$ LISTEN_PID=1 LISTEN_PIDFDID=5 "
                                                         "exec " + guard}});
    EXPECT_EQ(result.out, "unset\n") << result;
}

/// Connects, says so, and holds the connection.
constexpr const char* kStartsChildrenLater = R"py(
import os, socket, subprocess, sys
client = "import socket, sys; held = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); sys.stdin.read()"
for line in sys.stdin:
    kind, port = line.split()
    command = [sys.executable, "-c", client, port]
    if kind == "child":
        subprocess.Popen(command, stdin=subprocess.PIPE)
    elif os.fork() == 0:
        # An orphan: its parent is gone before anybody has seen it.
        if os.fork() == 0:
            os.setsid()
            os.execv(sys.executable, command)
        os._exit(0)
)py";

TEST_F(GuardWrapperTest, ChildrenAndOrphansThatComeLaterAreFollowed)
{
    KASHIM_NEEDS("python3");
    Listener for_child("127.0.0.1");
    Listener for_orphan("127.0.0.1");
    Pipe keyboard;
    Process process({.arguments = python(kStartsChildrenLater), .descriptors = {{keyboard.read_end(), 0}}});
    keyboard.type("child " + std::to_string(for_child.port()) + "\n");
    const Connection child = for_child.accept();
    keyboard.type("orphan " + std::to_string(for_orphan.port()) + "\n");
    const Connection orphan = for_orphan.accept();
    EXPECT_EQ(values_become(process.pid(), for_child.port(), kDefaults), kDefaults);
    EXPECT_EQ(values_become(process.pid(), for_orphan.port(), kDefaults), kDefaults);
    EXPECT_EQ(process.err(), "");
}

TEST_F(GuardWrapperTest, AtInfoItSaysWhatItSetOnWhichProcess)
{
    KASHIM_NEEDS("python3");
    Listener listener("127.0.0.1");
    const std::string port = std::to_string(listener.port());
    Process process({.arguments = python(("import socket, sys, os\nprint(os.getpid(), flush=True)\nheld = "
                                          "socket.create_connection(('127.0.0.1', " +
                                          port + "))\nheld.recv(1)")
                                             .c_str()),
                     .environment = {"KASHIM_LOG=info"}});
    ASSERT_TRUE(process.says("\n"));
    const std::string pid = process.out().substr(0, process.out().size() - 1);
    const Connection peer = listener.accept();
    ASSERT_EQ(values_become(process.pid(), listener.port(), kDefaults), kDefaults);
    ASSERT_TRUE(eventually([&] { return process.err().ends_with("\n"); }));
    EXPECT_EQ(process.err(), "kashim[" + std::to_string(process.pid()) + "]: python3[" + pid + "]: fd 3 to 127.0.0.1:" +
                                 port + ", [defaults] at line 1: set keepalive=on idle=90s interval=45s count=6\n");
}

}  // namespace
}  // namespace kashim::test
