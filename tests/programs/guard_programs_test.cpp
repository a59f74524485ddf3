// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Programs that a preload does not reach for other reasons, and those that run already.
#include "programs/guard.h"
#include "programs/loopback.h"
#include "programs/pipe.h"

#include <sys/stat.h>
#include <unistd.h>

namespace kashim::test {
namespace {

class GuardProgramsTest : public testing::Test {
protected:
    std::string rules(const std::string& app = "respect") const
    {
        return in_a_hurry(rule_for(outbound_to_port(listener_.port()), app));
    }

    /// Guards the process, and everything it starts, until its connection to the listener has the values.
    Values guarded_until(pid_t pid, const Values& wanted)
    {
        const Process guarding({.arguments = guard(directory_, rules(), {std::to_string(pid)})});
        return values_become(pid, listener_.port(), wanted);
    }

    std::string port() const { return std::to_string(listener_.port()); }

    const TempDir directory_;
    const Listener listener_{"127.0.0.1"};
};

/// PHP loads its extensions with RTLD_DEEPBIND: their calls go past every preloaded library. Debian's PHP does not since
/// 8.4: the library is not preloaded into that.
TEST_F(GuardProgramsTest, PhpsCurlWhichNoPreloadReachesGetsOurTimes)
{
    KASHIM_NEEDS("php");
    const std::vector<std::string> php{debian_path("php"), "-r",
                                       "exit(extension_loaded('curl') ? curl_exec(curl_init($argv[1])) : 77);", "--",
                                       "http://127.0.0.1:" + port() + "/"};
    const Result version = run({.arguments = {debian_path("php"), "-n", "-r", "echo PHP_VERSION_ID;"}});
    const bool binds_deep = std::stoi(version.out) < 80400;
    Process client({.arguments = php,
                    .environment = binds_deep ? preloaded_environment(directory_, rules("override"))
                                              : bare_environment(directory_)});
    if (eventually([&] { return !client.running() || connected_socket(client.pid(), listener_.port()); });
        !client.running())
        GTEST_SKIP() << "skipped, because php-curl is not installed";
    EXPECT_EQ(connected_socket(client.pid(), listener_.port()).value().values, Values{});
    EXPECT_EQ(guarded_until(client.pid(), kRuled), kRuled);
}

TEST_F(GuardProgramsTest, AConnectionMadeThroughAnIoUringGetsOurTimes)
{
    KASHIM_NEEDS_BUILT("ring", "liburing-dev");
    Pipe keyboard;
    Process client({.arguments = {built("ring"), port()},
                    .environment = preloaded_environment(directory_, rules()),
                    .descriptors = {{keyboard.read_end(), 0}}});
    if (!client.says("connected\n"))
        GTEST_SKIP() << "skipped, because io_uring is not to be had here: " << client.wait();
    EXPECT_EQ(connected_socket(client.pid(), listener_.port()).value().values, Values{});
    EXPECT_EQ(guarded_until(client.pid(), kRuled), kRuled);
}

/// It sets 300 s for every client by itself; its interval is a third of that, and its count 3.
TEST_F(GuardProgramsTest, ARedisThatStartedLongAgoGetsOurTimesWhereTheRuleSaysSo)
{
    KASHIM_NEEDS("redis-server");
    constexpr Values kRedis{.keepalive = 1, .idle = 300, .interval = 100, .count = 3, .user_timeout = 0};
    const std::uint16_t port = free_port();
    Process redis({.arguments = {debian_path("redis-server"), "--port", std::to_string(port), "--save", "", "--bind",
                                 "127.0.0.1", "--dir", directory_.path().string()}});
    Connection client = connect_to("127.0.0.1", port);
    client.send("PING\r\n");
    ASSERT_EQ(client.receive_until("+PONG\r\n"), "+PONG\r\n");
    EXPECT_EQ(accepted_socket(redis.pid(), port, client.local_port()).value().values, kRedis);

    // Respect: its user timeout is all that it left alone.
    constexpr Values kRespected{.keepalive = 1, .idle = 300, .interval = 100, .count = 3, .user_timeout = 600'000};
    const std::vector<std::string> target{std::to_string(redis.pid())};
    {
        const Process guarding({.arguments = guard(directory_, rule_for(inbound_on_port(port)), target)});
        EXPECT_EQ(accepted_values_become(redis.pid(), port, client.local_port(), kRespected), kRespected);
    }
    const Process guarding({.arguments = guard(directory_, rule_for(inbound_on_port(port), "override"), target)});
    EXPECT_EQ(accepted_values_become(redis.pid(), port, client.local_port(), kRuled), kRuled);
    client.send("PING\r\n");
    EXPECT_EQ(client.receive_until("+PONG\r\n"), "+PONG\r\n");
}

class GuardSetuidTest : public GuardProgramsTest {
protected:
    void SetUp() override
    {
        if (::getuid() != 0)
            GTEST_SKIP() << "skipped, because only root can make a setuid program of root";
        program_ = directory_ / "visitor";
        std::filesystem::copy_file(built("visitor"), program_);
        ::chmod(program_.c_str(), 04755);
    }

    static constexpr uid_t kNobody = 65534;
    std::filesystem::path program_;
    Pipe keyboard_;
};

TEST_F(GuardSetuidTest, ASetuidProgramOfAnotherUserGetsOurTimesFromRootsGuard)
{
    Process client({.arguments = {program_, port()}, .descriptors = {{keyboard_.read_end(), 0}}, .uid = kNobody});
    ASSERT_TRUE(client.says("\n"));
    if (client.out() == "connected as 65534 for 65534\n")
        GTEST_SKIP() << "skipped, because the folder for temporary files is mounted nosuid";
    ASSERT_EQ(client.out(), "connected as 0 for 65534\n");
    EXPECT_EQ(guarded_until(client.pid(), kRuled), kRuled);
}

/// The user's own guard may not take its sockets: it says so, once, and the program runs as ever.
TEST_F(GuardSetuidTest, ASetuidProgramIsOutOfReachOfItsUsersGuardWhichSaysSoOnce)
{
    Process guarded({.arguments = guard_started(directory_, rules(), {program_, port()}),
                     .descriptors = {{keyboard_.read_end(), 0}},
                     .uid = kNobody});
    ASSERT_TRUE(guarded.says("connected as 0 for 65534\n")) << guarded.err();
    const TcpSocket socket = connected_socket(guarded.pid(), listener_.port()).value();
    ASSERT_TRUE(eventually([&] { return !guarded.err().empty(); }));
    const std::vector<pid_t> tree = process_tree(guarded.pid());
    ASSERT_EQ(tree.size(), 2u);
    const std::string pid = std::to_string(tree[1]);
    // Three more passes.
    EXPECT_FALSE(eventually([&] { return guarded.err().find('\n') + 1 != guarded.err().size(); },
                            std::chrono::milliseconds(3500)));
    EXPECT_EQ(guarded.err(),
              "kashim[" + std::to_string(guarded.pid()) + "]: visitor[" + pid + "] cannot be guarded: process " + pid +
                  " runs as user 0 (root), this command as user 65534 (nobody); run this command as that "
                  "user or as root, or with CAP_SYS_PTRACE\n");
    EXPECT_EQ(socket.values, Values{});
    keyboard_.type("\n");
    EXPECT_EQ(guarded.wait().exit_code, 0);
}

/// What a container is to the kernel: network, mounts and users of its own. Both ends are inside.
constexpr const char* kContained = R"(
import socket, subprocess, sys
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
print(listener.getsockname()[1], flush=True)
sys.stdin.read(1)
)";

TEST_F(GuardProgramsTest, AProgramInNamespacesOfItsOwnGetsOurTimes)
{
    KASHIM_NEEDS("unshare");
    KASHIM_NEEDS("ip");
    Pipe keyboard;
    Process container({.arguments = {debian_path("unshare"), "--user", "--map-root-user", "--net", "--mount",
                                     debian_path("python3"), "-c", kContained},
                       .descriptors = {{keyboard.read_end(), 0}}});
    if (!container.says("\n"))
        GTEST_SKIP() << "skipped, because no user namespace can be made here: " << container.err();
    const auto inside = static_cast<std::uint16_t>(std::stoi(container.out()));
    const Process guarding(
        {.arguments = guard(directory_, rule_for(outbound_to_port(inside)), {std::to_string(container.pid())})});
    EXPECT_EQ(values_become(container.pid(), inside, kRuled), kRuled);
}

}  // namespace
}  // namespace kashim::test
