// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim show where not everything can be seen, and where it is asked for what there is not.
#include "cli/script.h"
#include "programs/debian.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <regex>

namespace kashim::test {
namespace {

constexpr uid_t kNobody = 65534;

#define KASHIM_NEEDS_ROOT()                                                                                            \
    if (::getuid() != 0)                                                                                               \
    GTEST_SKIP() << "skipped, because only root can start processes of different users"

constexpr const char* kConnection = R"(
server = listener()
client, accepted = connection(server)
say(server=port(server), client=port(client))
)";

TEST(ShowLimits, SocketsOfProcessesThatMayNotBeLookedIntoAreShownAndCounted)
{
    KASHIM_NEEDS_ROOT();
    const Script script(kConnection);
    Kashim kashim;
    kashim.for_everybody();
    const Result result = kashim({"show", "-H", "--port", script.said("server")}, {.arguments = {}, .uid = kNobody});
    EXPECT_EQ(result.exit_code, 0) << result;
    const std::string rest = "  ? of uid 0  -  -  -  -  -  -  -  -  -\n";
    EXPECT_EQ(sorted_lines(squeezed(result.out)),
              sorted_lines(script.fill("ESTABLISHED  0  0  127.0.0.1:{server}  127.0.0.1:{client}" + rest +
                                       "ESTABLISHED  0  0  127.0.0.1:{client}  127.0.0.1:{server}" + rest)));
    EXPECT_TRUE(result.err.starts_with("kashim show: 2 sockets without process and values: ")) << result;
    // Others may run here that refuse for other reasons; each has its line then.
    EXPECT_TRUE(std::regex_search(
        result.err, std::regex(": process [0-9]+ runs as user 0 \\(root\\), this command as user 65534 \\(nobody\\)"
                               "( \\(and [0-9]+ more likewise\\))?; run this command as that user or as root, or with "
                               "CAP_SYS_PTRACE\n")))
        << result;
}

TEST(ShowLimits, AProcessThatMayNotBeLookedIntoIsAnError)
{
    KASHIM_NEEDS_ROOT();
    const Script script(kConnection);
    Kashim kashim;
    kashim.for_everybody();
    const Result result = kashim({"show", "-H", script.said("pid")}, {.arguments = {}, .uid = kNobody});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, script.fill("kashim show: process {pid} runs as user 0 (root), this command as user 65534 "
                                      "(nobody); run this command as that user or as root, or with CAP_SYS_PTRACE\n"));
}

TEST(ShowLimits, SocketsThatAProgramGlobMayMeanAreCounted)
{
    KASHIM_NEEDS_ROOT();
    const Script script(kConnection);
    Kashim kashim;
    kashim.for_everybody();
    const Result result = kashim({"show", "-H", "--program", "/no/such", "--port", script.said("server")},
                                 {.arguments = {}, .uid = kNobody});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(
        result.err.starts_with("kashim show: 2 sockets left out, of which nobody knows whether --program means them: "
                               "of processes that may not be looked into\n"))
        << result;
}

TEST(ShowLimits, WhoMayLookButNotTakeSeesWhoHoldsASocketButNotItsValues)
{
    const Script script(kConnection);
    const Kashim kashim;
    const Result result = kashim({"show", "-H", script.said("pid")}, {.arguments = {}, .before_exec = forbid_taking});
    EXPECT_EQ(result.exit_code, 2);
    const std::string rest = "  -  -  -  -  -  -  -  -  -\n";
    EXPECT_EQ(squeezed(result.out),
              script.fill("ESTABLISHED  0  0  127.0.0.1:{client}  127.0.0.1:{server}  python3[{pid}] fd 4" + rest +
                          "ESTABLISHED  0  0  127.0.0.1:{server}  127.0.0.1:{client}  python3[{pid}] fd 5" + rest));
    EXPECT_EQ(
        result.err,
        script.fill("kashim show: 2 sockets without values: the kernel forbids this command to look into process {pid} "
                    "(EPERM): a security module, or a seccomp filter around this command; outside of a container, or "
                    "where its profile allows pidfd_getfd and ptrace, it may\n"));
}

TEST(ShowLimits, AUserSeesTheValuesOfItsOwnProcesses)
{
    KASHIM_NEEDS_ROOT();
    const Script script(kConnection, {.arguments = {}, .uid = kNobody});
    Kashim kashim;
    kashim.for_everybody();
    const Result result = kashim({"show", "-H", script.said("pid")}, {.arguments = {}, .uid = kNobody});
    const std::string rest = "  off  7200s  75s  9  off  never  -  built-in defaults"
                             "  no: keepalive=on idle=60s interval=30s count=5\n";
    EXPECT_EQ(squeezed(result.out),
              script.fill("ESTABLISHED  0  0  127.0.0.1:{client}  127.0.0.1:{server}  python3[{pid}] fd 4" + rest +
                          "ESTABLISHED  0  0  127.0.0.1:{server}  127.0.0.1:{client}  python3[{pid}] fd 5" + rest));
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
}

TEST(ShowLimits, AProcessThatIsNotThereIsSaidAndTheOthersAreShown)
{
    const Script script("server = listener()\nsay(server=port(server))");
    Process ended({.arguments = {"true"}});
    ended.wait();
    const std::string nobody = std::to_string(ended.pid());
    const Kashim kashim;
    const Result result = kashim({"show", "-H", "-l", nobody, script.said("pid"), script.said("pid")});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(squeezed(result.out),
              script.fill("LISTEN  0  16  127.0.0.1:{server}  *  python3[{pid}] fd 3  off  7200s  75s  9  off  never  -"
                          "  built-in defaults  no: keepalive=on idle=60s interval=30s count=5\n"));
    EXPECT_TRUE(result.err.starts_with("kashim show: there is no process " + nobody)) << result;
}

TEST(ShowLimits, AThreadAZombieAndTheCommandItselfAreNoTargets)
{
    const Script script(R"(
import threading
said = threading.Event()
threading.Thread(target=lambda: (say(thread=threading.get_native_id()), said.set(), signal.pause()), daemon=True).start()
said.wait()
zombie = os.fork()
if zombie == 0: os._exit(0)
os.waitid(os.P_PID, zombie, os.WEXITED | os.WNOWAIT)
say(zombie=zombie)
)");
    const Kashim kashim;
    const Result thread = kashim({"show", script.said("thread")});
    EXPECT_EQ(thread.exit_code, 2);
    EXPECT_EQ(thread.err, script.fill("kashim show: {thread} is a thread of process {pid}; name {pid}\n"));
    const Result zombie = kashim({"show", script.said("zombie")});
    EXPECT_EQ(zombie.exit_code, 2);
    EXPECT_EQ(zombie.err,
              script.fill("kashim show: process {zombie} has ended: it is a zombie that its parent, process {pid}, "
                          "has not waited for; its sockets are closed\n"));
    const Command self = kashim.command({"show"}, {.arguments = {"sh", "-c", "exec \"$@\" $$", "sh"}});
    const Result itself = run(self);
    EXPECT_EQ(itself.exit_code, 2);
    EXPECT_TRUE(std::regex_match(itself.err, std::regex("kashim show: process [0-9]+ is this command itself\n")))
        << itself;
}

/// It is a zombie too, but it lives.
TEST(ShowLimits, AProcessWithoutItsMainThreadIsNotCalledEnded)
{
    const Script script(R"(
import ctypes, platform, threading, time
libc = ctypes.CDLL(None)
def stay():
    libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    signal.pause()
headless = os.fork()
if headless == 0:
    threading.Thread(target=stay).start()
    libc.syscall({"x86_64": 60, "i686": 1}.get(platform.machine(), 93), 0)  # exit, of this thread alone
while open(f"/proc/{headless}/stat").read().split(") ")[1][0] != "Z": time.sleep(0.01)
say(headless=headless)
)");
    const Kashim kashim;
    const Result result = kashim({"show", script.said("headless")});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(
        result.err,
        script.fill("kashim show: the main thread of process {headless} has ended (pthread_exit), others of it go "
                    "on: its sockets are theirs now, and this command looks at the main thread's descriptors "
                    "alone\n"));
}

TEST(ShowLimits, AThreadOfTheKernelIsNoTarget)
{
    if (!std::filesystem::exists("/proc/2/comm") || read_file("/proc/2/comm") != "kthreadd\n")
        GTEST_SKIP() << "skipped, because a container shows no threads of the kernel";
    const Kashim kashim;
    const Result result = kashim({"show", "2"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.err, "kashim show: process 2 is a thread of the kernel: its sockets are under no descriptor\n");
}

TEST(ShowLimits, AWrongStateNamesThoseThereAre)
{
    const Kashim kashim;
    const Result unknown = kashim({"show", "--state", "estblished"});
    EXPECT_EQ(unknown.exit_code, 2);
    EXPECT_EQ(unknown.out, "");
    EXPECT_EQ(unknown.err,
              "kashim show: there is no state \"estblished\"; there are all, connected, synchronized, established, "
              "syn-sent, fin-wait-1, fin-wait-2, close-wait, last-ack, closing, listening, estab, listen\n");
    const Result without_program = kashim({"show", "--state", "time-wait"});
    EXPECT_EQ(without_program.exit_code, 2);
    EXPECT_EQ(without_program.err,
              "kashim show: no program holds a socket in the state \"time-wait\", so none is shown\n");
}

TEST(ShowLimits, AWrongPortIsSaid)
{
    const Kashim kashim;
    const Result result = kashim({"show", "--port", "http"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(result.err.starts_with(
        "kashim show: --port takes a port from 1 to 65535 or a range such as 6000-6010, not \"http\""))
        << result;
}

TEST(ShowLimits, APidThatIsNoneAndATimeThatMayBeOneAreSaid)
{
    const Kashim kashim;
    const auto expect_usage = [&](const std::vector<std::string>& arguments, const std::string& said) {
        const Result result = kashim(arguments);
        EXPECT_EQ(result.exit_code, 2) << result;
        EXPECT_EQ(result.out, "");
        EXPECT_NE(result.err.find(said), std::string::npos) << result;
    };
    expect_usage({"show", "nginx"},
                 "a process id is a number, not \"nginx\"; $(pidof nginx) stands for those of a program\n");
    expect_usage({"show", "0"}, "there is no process 0\n");
    expect_usage({"show", "010"}, "there is no process 010\n");
    expect_usage({"show", "99999999999"}, "there is no process 99999999999\n");
    expect_usage({"show", "--watch", "19108"},
                 "0.1 to 3600 seconds, not \"19108\"; if that is a process, name it first: kashim "
                 "show 19108 --watch\n");
}

TEST(ShowLimits, ANameThatATerminalWouldObeyIsMadeHarmless)
{
    const TempDir folder;
    const std::filesystem::path evil = folder / "e\033[2Jvil\xff";
    std::filesystem::create_symlink(debian_path("python3"), evil);
    const Script script("server = listener()\nsay(server=port(server))",
                        {.arguments = {"bash", "-c", "shift; exec \"$0\" \"$@\"", evil}});
    const Kashim kashim;
    const Result result = kashim({"show", "-H", "-l", script.said("pid")});
    EXPECT_EQ(
        squeezed(result.out),
        script.fill("LISTEN  0  16  127.0.0.1:{server}  *  e<U+001B>[2Jvil<ff>[{pid}] fd 3  off  7200s  75s  9  off"
                    "  never  -  built-in defaults  no: keepalive=on idle=60s interval=30s count=5\n"));
    const nlohmann::json shown = nlohmann::json::parse(kashim({"show", "--json", "-l", script.said("pid")}).out);
    EXPECT_EQ(shown["sockets"][0]["processes"][0]["name"], "e\033[2Jvil\xef\xbf\xbd");
}

TEST(ShowLimits, AnErrorInTheConfigurationIsShownAsCheckShowsIt)
{
    const Kashim kashim("idle = 3\n");
    const Result checked = kashim({"check"});
    const Result result = kashim({"show"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_FALSE(result.err.empty());
    EXPECT_TRUE(checked.out.starts_with(result.err)) << result << checked;
}

TEST(ShowLimits, HelpTeachesByExample)
{
    const Kashim kashim;
    const Result help = kashim({"show", "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_NE(help.out.find("\n  kashim show --state close-wait "), std::string::npos) << help;
    EXPECT_NE(help.out.find("\nExit status: 0; "), std::string::npos) << help;
}

}  // namespace
}  // namespace kashim::test
