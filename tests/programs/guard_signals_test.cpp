// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Signals of a guarded program, and the ends of its pipes.
#include "programs/guard_wrapper.h"
#include "programs/pipe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace kashim::test {
namespace {

class GuardSignalsTest : public GuardWrapperTest {};

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

TEST_F(GuardSignalsTest, EverySignalThatArrivesIsForwardedOnce)
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
TEST_F(GuardSignalsTest, AnAlarmThatTheCallerSetIsThePrograms)
{
    const Result result = run({.arguments = guarded({"sleep", "1000"}), .before_exec = [] { ::alarm(1); }});
    EXPECT_EQ(result.signal, SIGALRM) << result;
}

constexpr const char* kTellsItsParent = R"(
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
os.kill(os.getppid(), signal.SIGUSR1)
print(signal.sigtimedwait([signal.SIGUSR1], 0.5))
)";

TEST_F(GuardSignalsTest, WhatTheProgramSendsToItsParentDoesNotComeBack)
{
    KASHIM_NEEDS("python3");
    const Result result = run({.arguments = python(kTellsItsParent)});
    EXPECT_EQ(result.out, "None\n") << result;
}

/// The other side of a pipe sees the end when the program closes it, though the guard and the program live on.
TEST_F(GuardSignalsTest, NoEndOfAPipeIsHeld)
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
        ASSERT_TRUE(eventually([&] { return ::poll(&reader, 1, 0) == 1; }));
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
TEST_F(GuardSignalsTest, TheReadingEndOfAPipeIsNotHeldEither)
{
    std::array<int, 2> in{};
    ASSERT_EQ(::pipe2(in.data(), O_CLOEXEC), 0);
    Process process({.arguments = guarded({"sh", "-c", "exec <&-; sleep 1000"}), .descriptors = {{in[0], 0}}});
    ::close(in[0]);
    pollfd reader{in[1], POLLERR, 0};
    EXPECT_TRUE(eventually([&] { return ::poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0; }));
    EXPECT_TRUE(process.running());
    ::close(in[1]);
}

TEST_F(GuardSignalsTest, AGuardThatIsKilledLeavesTheProgramRunning)
{
    KASHIM_NEEDS("python3");
    Pipe keyboard;
    Process process(
        {.arguments = python("import os\nprint(os.getpid(), flush=True)\ninput()\nprint('lives', flush=True)"),
         .descriptors = {{keyboard.read_end(), 0}}});
    ASSERT_TRUE(process.says("\n"));
    process.kill(SIGKILL);
    ASSERT_TRUE(eventually([&] { return !process.running(); }));
    keyboard.type("\n");
    EXPECT_TRUE(eventually([&] { return process.out().ends_with("lives\n"); })) << process.out();
}

TEST_F(GuardSignalsTest, AProgramThatIsToEndWithItsCallerDoes)
{
    KASHIM_NEEDS("python3");
    constexpr const char* kDiesAtOnce = "import ctypes, os, subprocess, sys\n"
                                        "prctl = ctypes.CDLL(None).prctl\n"
                                        "end_with_caller = lambda: prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL\n"
                                        "subprocess.Popen(sys.argv[1:], preexec_fn=end_with_caller)\n"
                                        "sys.stdin.readline()\n"
                                        "os._exit(0)\n";
    std::vector<std::string> command{debian_path("python3"), "-c", kDiesAtOnce};
    Pipe keyboard;
    for (const std::string& word : guarded({"sh", "-c", "echo started; exec sleep 1000"}))
        command.push_back(word);
    Process process({.arguments = command, .descriptors = {{keyboard.read_end(), 0}}});
    ASSERT_TRUE(process.says("started\n"));
    const pid_t program = process_tree(process.pid()).at(2);
    const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, program, 0));
    ASSERT_GE(pidfd, 0);
    keyboard.type("\n");
    pollfd ended{pidfd, POLLIN, 0};
    const bool has_ended = eventually([&] { return ::poll(&ended, 1, 0) == 1; });
    EXPECT_TRUE(has_ended);
    if (!has_ended)
        ::kill(program, SIGKILL);
    ::close(pidfd);
}

}  // namespace
}  // namespace kashim::test
