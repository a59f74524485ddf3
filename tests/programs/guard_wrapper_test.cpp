// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// How a guarded program starts and ends, and what it finds: all as without the guard.
#include "programs/guard_wrapper.h"
#include "programs/terminal.h"

#include <signal.h>
#include <unistd.h>

namespace kashim::test {
namespace {

class GuardWrappedTest : public GuardWrapperTest {};

TEST_F(GuardWrappedTest, TheExitStatusIsThePrograms)
{
    for (const int status : {0, 1, 7, 125, 255}) {
        const Result result = run({.arguments = guarded({"sh", "-c", "exit " + std::to_string(status)})});
        EXPECT_EQ(result.exit_code, status) << result;
        EXPECT_EQ(result.out + result.err, "");
    }
}

TEST_F(GuardWrappedTest, ASignalThatEndsTheProgramEndsTheGuardToo)
{
    for (const int signal : {SIGTERM, SIGKILL, SIGSEGV, SIGPIPE, SIGRTMIN}) {
        const Result result = run({.arguments = guarded({"sh", "-c", "kill -" + std::to_string(signal) + " $$"})});
        EXPECT_EQ(result.signal, signal) << result;
        EXPECT_EQ(result.out + result.err, "");
    }
}

TEST_F(GuardWrappedTest, TheProgramsCoreDumpIsTheOnlyOne)
{
    std::string command = "cd " + directory_.path().string() + " && ulimit -c unlimited && exec";
    for (const std::string& word : guarded({"sh", "-c", "'kill -ABRT $$'"}))
        command += " " + word;
    Terminal terminal({"sh", "-c", command});
    const int status = terminal.wait();
    ASSERT_TRUE(WIFSIGNALED(status)) << terminal.said();
    EXPECT_EQ(WTERMSIG(status), SIGABRT);
    EXPECT_FALSE(WCOREDUMP(status));
}

TEST_F(GuardWrappedTest, AProgramThatIsNotThereGives127AndOneThatCannotBeExecuted126)
{
    const Result missing = run({.arguments = guarded({"no-such-program"})});
    EXPECT_EQ(missing.exit_code, 127);
    EXPECT_EQ(missing.err, "kashim guard: no-such-program is in no folder of PATH\n");
    const std::string file = write_file(directory_ / "file", "");
    const Result plain = run({.arguments = guarded({file})});
    EXPECT_EQ(plain.exit_code, 126);
    EXPECT_EQ(plain.err, "kashim guard: " + file + " may not be executed by this user\n");
}

TEST_F(GuardWrappedTest, WithAnErrorInTheConfigurationTheProgramIsNotStarted)
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

TEST_F(GuardWrappedTest, ADisabledKashimBecomesTheProgram)
{
    Command command{.arguments = guard_started(directory_, "wrong", {"sh", "-c", "echo $$"}),
                    .environment = {"KASHIM_DISABLE=1"}};
    Process process(command);
    const pid_t pid = process.pid();
    EXPECT_EQ(process.wait().out, std::to_string(pid) + "\n");
}

TEST_F(GuardWrappedTest, InputOutputEnvironmentFolderAndDescriptorsAreThoseThatTheCallerGave)
{
    const Result result = run({.arguments = guarded({"cat"}), .input = "a line\n"});
    EXPECT_EQ(result.out, "a line\n");
    EXPECT_EQ(result.err, "");
    expect_same({"sh", "-c", "env | grep -v ^_ | sort; pwd; umask; ulimit -a; ls /proc/self/fd; echo to stderr >&2"});
}

TEST_F(GuardWrappedTest, SignalMasksAndDispositionsAreThoseThatTheCallerGave)
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

/// As the first process of a container: the kernel spares it every signal that it does not ask for.
TEST_F(GuardWrappedTest, AsProcessOneItHandsSignalsOnAndTellsTheEnd)
{
    KASHIM_NEEDS("unshare");
    if (::getuid() != 0)
        GTEST_SKIP() << "skipped, because only root can make a PID namespace";
    const auto in_container = [this](const std::string& script) {
        std::vector<std::string> command{debian_path("unshare"), "--pid", "--fork", "--kill-child", "--mount-proc"};
        for (const std::string& word : guarded({"sh", "-c", script}))
            command.push_back(word);
        return Command{.arguments = command};
    };
    Process process(in_container("trap 'exit 9' TERM; echo ready; while :; do sleep 0.01; done"));
    ASSERT_TRUE(process.says("ready\n"));
    ::kill(process_tree(process.pid()).at(1), SIGTERM);
    EXPECT_EQ(process.wait().exit_code, 9);
    // It cannot die of a signal, so it says it in numbers.
    const Result killed = run(in_container("kill -KILL $$"));
    EXPECT_EQ(killed.exit_code, 128 + SIGKILL) << killed;
}

}  // namespace
}  // namespace kashim::test
