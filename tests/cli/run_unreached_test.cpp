// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim run of programs that no preload reaches: it says why, and guards them.
#include "cli/run_support.h"

#include "programs/loopback.h"
#include "support/values.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

const std::string kBusybox = "/bin/busybox";  // Debian's busybox-static

std::string is_static(const std::string& program)
{
    return program +
           " cannot be preloaded and is guarded instead: it is statically linked: it has no loader that could "
           "preload anything\n";
}

class RunUnreached : public Run {
protected:
    void SetUp() override
    {
        if (!fs::exists(kBusybox))
            GTEST_SKIP() << "skipped, because busybox-static is not installed";
    }
};

pid_t child_of(const Process& process)
{
    const std::string pid = std::to_string(process.pid());
    pid_t child = -1;
    eventually([&] {
        std::istringstream children(read_file("/proc/" + pid + "/task/" + pid + "/children"));
        return static_cast<bool>(children >> child);
    });
    return child;
}

TEST_F(RunUnreached, AStaticProgramRunsAsItWouldAndItIsSaidWhyItIsGuarded)
{
    const Result result = kashim_run({kBusybox, "sh", "-c", "echo $0 $LD_PRELOAD; exit 3", "a b"});
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_EQ(result.out, "a b " KASHIM_LIBRARY "\n") << "the library is for the programs that it starts";
    EXPECT_EQ(result.err, "kashim run: " + is_static(kBusybox));
    EXPECT_EQ(kashim_run({kBusybox, "sh", "-c", "kill -TERM $$"}).signal, SIGTERM);
}

TEST_F(RunUnreached, ItsSocketsGetTheRulesAllTheSame)
{
    const Listener listener("127.0.0.1");
    // The smaller idle is, the oftener the guard looks.
    const std::string rules = file("[[rule]]\nport = " + std::to_string(listener.port()) + "\nidle = 4\ncount = 3\n");
    const Process process(command({"--config", rules, "--set", "interval=42s", "--", kBusybox, "nc", "127.0.0.1",
                                   std::to_string(listener.port())}));
    const pid_t program = child_of(process);
    ASSERT_GT(program, 0);
    std::optional<TcpSocket> socket;
    EXPECT_TRUE(eventually([&] {
        socket = socket_connected_to(program, listener.port());
        return socket && socket->values == Values{1, 4, 42, 3, 0};
    })) << (socket ? *socket : TcpSocket{});
}

TEST_F(RunUnreached, DryRunSaysItFirst)
{
    const Result result = kashim_run({"--dry-run", kBusybox, "sh"});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_TRUE(result.out.starts_with(is_static(kBusybox))) << result;
    EXPECT_NE(result.out.find("\nwhat is executed\n  env LD_PRELOAD=" KASHIM_LIBRARY " kashim guard -- " + kBusybox +
                              " sh\n"),
              std::string::npos)
        << result << "as it could be typed: without the guard it would have no rules";
    EXPECT_EQ(result.err, "");
}

TEST_F(RunUnreached, ASetuidProgramIsNotGivenTheLibraryOfWhichItsLoaderWouldComplain)
{
    if (::getuid() != 0)
        GTEST_SKIP() << "skipped, because only root can become somebody else";
    fs::copy_file("/bin/cat", folder_ / "program");
    ASSERT_EQ(::chmod((folder_ / "program").c_str(), 04755), 0);
    Command other = command({"./program", "/proc/self/environ"});
    other.uid = 65534;
    const Result result = run(other);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_TRUE(result.err.starts_with("kashim run: ./program cannot be preloaded and is guarded instead: it is setuid "
                                       "root: the loader ignores LD_PRELOAD in it\n"))
        << result;
    EXPECT_EQ(result.out.find("LD_PRELOAD"), std::string::npos);
}

}  // namespace
}  // namespace kashim::test
