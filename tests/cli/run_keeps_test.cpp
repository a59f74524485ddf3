// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim run changes nothing of a program but what it is for: the kernel is asked about the same program, started bare
// and by kashim run.
#include "cli/run_support.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace kashim::test {
namespace {

/// Descriptors of the test, the same ones for both runs.
class Descriptors {
public:
    Descriptors()
    {
        log_ = ::open((folder_ / "log").c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        EXPECT_EQ(::pipe2(pipe_.data(), O_CLOEXEC), 0);
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sockets_.data()), 0);
    }
    Descriptors(const Descriptors&) = delete;
    Descriptors& operator=(const Descriptors&) = delete;
    ~Descriptors()
    {
        for (const int fd : {log_, pipe_[0], pipe_[1], sockets_[0], sockets_[1]})
            ::close(fd);
    }

    std::vector<Inherited> inherited() const
    {
        return {{pipe_[0], 0}, {log_, 1}, {log_, 2}, {sockets_[0], 3}, {pipe_[1], 17}, {log_, 200}};
    }

private:
    TempDir folder_;
    int log_ = -1;
    std::array<int, 2> pipe_{};
    std::array<int, 2> sockets_{};
};

/// The facts of `sleep infinity`, started so.
Facts facts_of_sleep(Command command)
{
    const Process process(command);
    EXPECT_TRUE(has_become(process, "sleep")) << read_file("/proc/" + std::to_string(process.pid()) + "/status");
    return facts_of(process.pid());
}

const std::vector<std::string> kSleep{"sleep", "infinity"};

class RunKeeps : public Run {
protected:
    void expect_the_same(Command with) const
    {
        const Descriptors descriptors;
        with.descriptors = descriptors.inherited();
        Command bare = with;
        bare.arguments = kSleep;
        const Facts seen = facts_of_sleep(with);
        Facts expected = facts_of_sleep(bare);
        for (const auto& [name, fact] : seen) {
            EXPECT_EQ(fact, expected[name]) << name;
            expected.erase(name);
        }
        EXPECT_TRUE(expected.empty()) << expected.begin()->first;
    }

    void expect_the_same_after(const std::function<void()>& before_exec) const
    {
        Command with = command(kSleep);
        with.before_exec = before_exec;
        expect_the_same(with);
    }
};

TEST_F(RunKeeps, EveryDescriptorAsItIs)
{
    expect_the_same(command(kSleep));
}

TEST_F(RunKeeps, ClosedStandardDescriptorsClosed)
{
    expect_the_same_after([] {
        for (int fd = 0; fd < 3; ++fd)
            ::close(fd);
    });
}

TEST_F(RunKeeps, BlockedAndIgnoredSignals)
{
    expect_the_same_after([] {
        sigset_t blocked;
        ::sigemptyset(&blocked);
        for (const int signal : {SIGUSR1, SIGTERM, SIGRTMIN + 3})
            ::sigaddset(&blocked, signal);
        ::sigprocmask(SIG_SETMASK, &blocked, nullptr);
        for (const int signal : {SIGHUP, SIGPIPE, SIGCHLD, SIGQUIT})
            ::signal(signal, SIG_IGN);
        ::raise(SIGUSR1);  // stays pending
    });
}

TEST_F(RunKeeps, EverySignalAtItsDefault)
{
    expect_the_same_after([] {
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        for (int signal = 1; signal < SIGRTMAX; ++signal)
            ::signal(signal, SIG_DFL);
    });
}

TEST_F(RunKeeps, UmaskFolderLimitsAndPriority)
{
    expect_the_same_after([] {
        ::umask(0137);
        ::chdir("/proc/sys");
        ::setpriority(PRIO_PROCESS, 0, 7);
        const rlimit files{64, 77};
        ::setrlimit(RLIMIT_NOFILE, &files);
        const rlimit core{0, 0};
        ::setrlimit(RLIMIT_CORE, &core);
    });
}

TEST_F(RunKeeps, TheUser)
{
    if (::getuid() != 0)
        GTEST_SKIP() << "skipped, because only root can become somebody else";
    Command with = command(kSleep);
    with.uid = 65534;
    expect_the_same(with);
}

TEST_F(RunKeeps, TheProcess)
{
    Process process(command({"sh", "-c", "echo $$"}));
    const pid_t pid = process.pid();
    EXPECT_EQ(process.wait().out, std::to_string(pid) + "\n");
}

TEST_F(RunKeeps, EveryArgumentAlsoEmptyOnesAndThoseThatLookLikeItsOwn)
{
    const std::vector<std::string> arguments{"",    "--config", "x",         "--set", "",    "--",
                                             "a b", "--help",   "--dry-run", "-h",    "run", "++",
                                             "*",   "'\"\\",    "--",        "\n",    ""};
    const std::string script = "for a in \"$0\" \"$@\"; do printf '<%s>' \"$a\"; done";
    std::string expected = "<-n>";
    std::vector<std::string> program{"sh", "-c", script, "-n"};
    for (const std::string& argument : arguments) {
        program.push_back(argument);
        expected += "<" + argument + ">";
    }
    EXPECT_EQ(kashim_run(program).out, expected);

    program.insert(program.begin(), "--");
    EXPECT_EQ(kashim_run(program).out, expected) << "behind --";
    program.insert(program.begin(), {"--set", "idle=3", "--set=count=4"});
    EXPECT_EQ(kashim_run(program).out, expected) << "behind options of its own";
}

TEST_F(RunKeeps, TheNameOfTheProgramAsItWasGiven)
{
    const Process process(command({"sleep", "infinity"}));
    ASSERT_TRUE(has_become(process, "sleep"));
    EXPECT_EQ(facts_of(process.pid()).at("cmdline"), std::string("sleep\0infinity\0", 15));
}

TEST_F(RunKeeps, EveryOtherVariableInItsOrderAlsoWhatIsNoAssignment)
{
    Command with = command({});
    const std::string config = "KASHIM_CONFIG=" + file("");
    with.before_exec = [&config] {
        const char* const arguments[] = {KASHIM_COMMAND, "run", "/bin/sleep", "infinity", nullptr};
        const char* const variables[] = {"B=1",          "no assignment",  "A=",   "B=2", "=x",
                                         config.c_str(), "LD_PRELOADED=y", nullptr};
        ::execve(arguments[0], const_cast<char**>(arguments), const_cast<char**>(variables));
    };
    const Process process(with);
    ASSERT_TRUE(has_become(process, "sleep"));
    EXPECT_EQ(variables_of(process.pid()), (std::vector<std::string>{"B=1", "no assignment", "A=", "B=2", "=x", config,
                                                                     "LD_PRELOADED=y", "LD_PRELOAD=" KASHIM_LIBRARY}));
}

TEST_F(RunKeeps, TheTerminal)
{
    // script(1) gives it one of its own.
    const std::string question =
        "tty >/dev/null && stty -a && set -- $(cat /proc/$$/stat) && test $5 = $8 && echo foreground";
    const auto on_a_terminal = [&](const std::string& prefix) {
        Command inner = command({});
        inner.arguments = {"script", "-qec", prefix + " sh -c '" + question + "'", "/dev/null"};
        return run(inner);
    };
    const Result bare = on_a_terminal("");
    ASSERT_NE(bare.out.find("foreground"), std::string::npos) << bare;
    EXPECT_EQ(on_a_terminal(KASHIM_COMMAND " run").out, bare.out);
}

TEST_F(RunKeeps, StandardInputUnread)
{
    Command cat = command({"cat"});
    cat.input = "all of\nthis";
    EXPECT_EQ(run(cat).out, "all of\nthis");
}

TEST_F(RunKeeps, TheExitStatus)
{
    EXPECT_EQ(kashim_run({"true"}).exit_code, 0);
    EXPECT_EQ(kashim_run({"sh", "-c", "exit 7"}).exit_code, 7);
    EXPECT_EQ(kashim_run({"sh", "-c", "exit 125"}).exit_code, 125);
    EXPECT_EQ(kashim_run({"sh", "-c", "kill -TERM $$"}).signal, SIGTERM);
    EXPECT_EQ(kashim_run({"sh", "-c", "kill -KILL $$"}).signal, SIGKILL);
}

TEST_F(RunKeeps, QuietWhereAllIsWell)
{
    const Result result = kashim_run({"true"});
    EXPECT_EQ(result.out + result.err, "");
}

}  // namespace
}  // namespace kashim::test
