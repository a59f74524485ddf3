// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// `kashim guard -- PROGRAM` on a terminal: what is typed and what the window does concerns the program alone, and the
// shell's job control works as if nobody stood between.
#include "programs/guard.h"
#include "programs/terminal.h"

namespace kashim::test {
namespace {

/// Says every signal that a terminal can send, but a hangup, and goes on until Ctrl-\.
constexpr const char* kTells = R"(
import os, signal, sys
# Not print, which may not be entered again from a signal handler.
def say(word):
    os.write(1, b"<" + word.encode() + b">\n")
def tell(number, frame):
    say(signal.Signals(number).name)
    if number == signal.SIGQUIT: sys.exit(4)
for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGWINCH, signal.SIGCONT):
    signal.signal(number, tell)
foreground = os.tcgetpgrp(0) == os.getpgrp()
say("in the foreground" if foreground else "in the background")
for line in sys.stdin:
    say("read " + line.strip())
)";

class GuardTerminalTest : public testing::Test {
protected:
    void SetUp() override
    {
        KASHIM_NEEDS("python3");
        program_ = python(kTells, {});
    }

    std::vector<std::string> python(const char* script, const std::vector<std::string>& arguments) const
    {
        std::vector<std::string> command{debian_path("python3"), write_file(directory_ / "script.py", script)};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return guard_started(directory_, in_a_hurry(kDefaultsTable), command);
    }

    /// As a line for a shell.
    std::string command_line() const
    {
        std::string line;
        for (const std::string& word : program_)
            line += (line.empty() ? "" : " ") + word;
        return line + "\n";
    }

    const TempDir directory_;
    std::vector<std::string> program_;
};

TEST_F(GuardTerminalTest, KeysAndTheWindowReachTheProgramOnce)
{
    Terminal terminal(program_);
    ASSERT_TRUE(terminal.says("<in the foreground>\r\n")) << terminal.said();
    terminal.type("word\n");
    EXPECT_TRUE(terminal.says("<read word>\r\n")) << terminal.said();
    terminal.type("\x03");
    EXPECT_TRUE(terminal.says("<SIGINT>\r\n")) << terminal.said();
    terminal.resize(90);
    EXPECT_TRUE(terminal.says("<SIGWINCH>\r\n")) << terminal.said();
    terminal.type("other\n");
    EXPECT_TRUE(terminal.says("<read other>\r\n")) << terminal.said();
    terminal.type("\x1c");
    const int status = terminal.wait();
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 4);
    EXPECT_EQ(terminal.said(), "<in the foreground>\r\n<read word>\r\n<SIGINT>\r\n<SIGWINCH>\r\n<read other>\r\n"
                               "<SIGQUIT>\r\n");
}

constexpr const char* kWaitsForTheEnd = R"(
import signal, sys
wanted = [signal.SIGHUP, signal.SIGTERM]
signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
print("<waits>", flush=True)
open(sys.argv[1], "w").write(signal.Signals(signal.sigwait(wanted)).name)
sys.exit(5)
)";

/// The guard leads the session, so the kernel tells it alone.
TEST_F(GuardTerminalTest, AWindowThatIsClosedHangsUpTheProgram)
{
    const std::string told = directory_ / "told";
    Terminal terminal(python(kWaitsForTheEnd, {told}));
    ASSERT_TRUE(terminal.says("<waits>\r\n")) << terminal.said();
    terminal.hang_up();
    const int status = terminal.wait();
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 5);
    EXPECT_EQ(read_file(told), "SIGHUP");
}

class GuardJobTest : public GuardTerminalTest {
protected:
    void SetUp() override
    {
        GuardTerminalTest::SetUp();
        KASHIM_NEEDS("bash");
    }

    static std::vector<std::string> shell()
    {
        return {"env", "PS1=<prompt>", "PS2=", "HISTFILE=", "bash", "--norc", "--noprofile", "--noediting", "-i"};
    }
};

TEST_F(GuardJobTest, CtrlZStopsTheJobAndFgContinuesIt)
{
    Terminal terminal(shell());
    ASSERT_TRUE(terminal.says("<prompt>"));
    terminal.type(command_line());
    ASSERT_TRUE(terminal.says("<in the foreground>\r\n")) << terminal.said();
    for (std::size_t times = 1; times <= 3; ++times) {
        terminal.type("\x1a");
        ASSERT_TRUE(terminal.says("Stopped", times)) << terminal.said();
        ASSERT_TRUE(terminal.says("<prompt>", times + 1)) << terminal.said();
        terminal.type("fg\n");
        ASSERT_TRUE(terminal.says("<SIGCONT>\r\n", times)) << terminal.said();
        terminal.type("word\n");
        ASSERT_TRUE(terminal.says("<read word>\r\n", times)) << terminal.said();
    }
    terminal.type("\x03");
    EXPECT_TRUE(terminal.says("<SIGINT>\r\n")) << terminal.said();
    terminal.type("\x1c");
    ASSERT_TRUE(terminal.says("<prompt>", 5)) << terminal.said();
    EXPECT_EQ(terminal.count("<SIGINT>"), 1u) << terminal.said();
    terminal.type("echo \"<status $?>\"\n");
    EXPECT_TRUE(terminal.says("<status 4>\r\n")) << terminal.said();
    terminal.type("exit\n");
    terminal.wait();
}

/// In the background it may not read: SIGTTIN stops it, and its guard.
TEST_F(GuardJobTest, AJobInTheBackgroundStopsWhenItReads)
{
    Terminal terminal(shell());
    ASSERT_TRUE(terminal.says("<prompt>"));
    std::string line = command_line();
    line.insert(line.size() - 1, " &");
    terminal.type(line);
    ASSERT_TRUE(terminal.says("<in the background>\r\n")) << terminal.said();
    std::size_t asked = 0;
    ASSERT_TRUE(eventually([&] {
        terminal.type("jobs\n");
        return terminal.says("[1]+", ++asked) && terminal.count("[1]+  Stopped") != 0;
    })) << terminal.said();
    terminal.type("fg\nword\n");
    EXPECT_TRUE(terminal.says("<read word>\r\n")) << terminal.said();
    const std::size_t prompts = terminal.count("<prompt>");
    terminal.type("\x1c");
    ASSERT_TRUE(terminal.says("<prompt>", prompts + 1)) << terminal.said();
    terminal.type("exit\n");
    terminal.wait();
}

// proc_pid_stat(5): pid (name) state
char state_of(pid_t pid)
{
    const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    return stat.at(stat.rfind(')') + 2);
}

/// Somebody stops the program by its number, and continues it so, or kills it while it stands: whoever waits for it
/// hears of its end.
TEST_F(GuardTerminalTest, AProgramThatIsContinuedOrKilledAloneTakesTheGuardWithIt)
{
    constexpr const char* kStartsAJob = "import subprocess, sys\n"
                                        "job = subprocess.Popen(sys.argv[1:], process_group=0)\n"
                                        "print('<ended %d>' % job.wait(), flush=True)\n";
    for (const auto& [signal, end] : {std::pair{SIGCONT, "<ended 6>"}, std::pair{SIGKILL, "<ended -9>"}}) {
        std::vector<std::string> command{debian_path("python3"), "-c", kStartsAJob};
        for (const std::string& word : guard_started(directory_, kDefaultsTable, {"sh", "-c", "kill -STOP $$; exit 6"}))
            command.push_back(word);
        Terminal terminal(command);
        ASSERT_TRUE(eventually([&] { return process_tree(terminal.pid()).size() >= 3; }));
        const pid_t guard = process_tree(terminal.pid()).at(1);
        const pid_t program = process_tree(terminal.pid()).at(2);
        ASSERT_TRUE(eventually([&] { return state_of(program) == 'T' && state_of(guard) == 'T'; }));
        ::kill(program, signal);
        EXPECT_TRUE(terminal.says(end)) << terminal.said();
    }
}

/// Nobody would continue the guard: it goes on while the program stands still, and is there when that ends.
TEST_F(GuardTerminalTest, WithoutAShellAStoppedProgramDoesNotStopTheGuard)
{
    Terminal terminal(guard_started(directory_, kDefaultsTable, {"sh", "-c", "kill -STOP $$; exit 6"}));
    ASSERT_TRUE(eventually([&] { return process_tree(terminal.pid()).size() == 2; }));
    const pid_t program = process_tree(terminal.pid()).at(1);
    ASSERT_TRUE(eventually([&] { return state_of(program) == 'T'; }));
    EXPECT_FALSE(eventually([&] { return state_of(terminal.pid()) == 'T'; }, std::chrono::milliseconds(300)));
    ::kill(program, SIGCONT);
    const int status = terminal.wait();
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 6);
}

}  // namespace
}  // namespace kashim::test
