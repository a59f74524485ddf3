// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// OpenSSH on both sides of a real session. Both programs only switch probing on. The server executes itself again for
// each connection, with the connection as its descriptor 0, and splits into a privileged and a locked-down process.
#include "programs/debian.h"
#include "programs/loopback.h"
#include "programs/pipe.h"
#include "programs/policy.h"

#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

namespace kashim::test {
namespace {

class SshTest : public testing::Test {
protected:
    void SetUp() override
    {
        KASHIM_NEEDS("sshd");
        KASHIM_NEEDS("ssh");
        KASHIM_NEEDS("systemd-socket-activate");
        if (std::vector<std::string> probe = with_run_sshd(); !probe.empty()) {
            probe.push_back("true");
            if (!run({.arguments = probe}).ok())
                GTEST_SKIP() << "skipped, because /run/sshd is missing and no mount namespace can be made for it here";
        }
        for (const char* name : {"host", "user"}) {
            const Result made =
                run({.arguments = {debian_path("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", directory_ / name},
                     .environment = bare_environment(directory_)});
            ASSERT_TRUE(made.ok()) << made;
        }
    }

    Environment environment(const std::optional<std::string>& policy)
    {
        return policy ? preloaded_environment(directory_, *policy) : bare_environment(directory_);
    }

    /// What follows is executed where root finds the empty directory it needs for privilege separation: Debian makes
    /// /run/sshd at boot, a container never boots. A tmpfs of its own leaves the machine's /run alone.
    std::vector<std::string> with_run_sshd() const
    {
        if (::getuid() != 0 || std::filesystem::exists("/run/sshd"))
            return {};
        return {debian_path("unshare"),
                "--mount",
                debian_path("sh"),
                "-c",
                "mount -t tmpfs tmpfs /run && mkdir /run/sshd && exec \"$@\"",
                "sh"};
    }

    std::vector<std::string> sshd(const std::vector<std::string>& mode) const
    {
        std::vector<std::string> arguments{debian_path("sshd"), "-e", "-f", "none", "-h", directory_ / "host"};
        arguments.insert(arguments.end(), mode.begin(), mode.end());
        const std::string keys = "AuthorizedKeysFile=" + (directory_ / "user.pub").string();
        for (const char* option : {"ListenAddress=127.0.0.1", "PidFile=none", "StrictModes=no", "UsePAM=no",
                                   "PermitRootLogin=yes", "LogLevel=ERROR", keys.c_str()})
            arguments.insert(arguments.end(), {"-o", option});
        return arguments;
    }

    void start(std::vector<std::string> command, const Environment& environment)
    {
        std::vector<std::string> arguments = with_run_sshd();
        arguments.insert(arguments.end(), command.begin(), command.end());
        server_.emplace(Command{.arguments = arguments, .environment = environment});
        connect_to("127.0.0.1", port_);  // it listens
    }

    void start_sshd(const std::optional<std::string>& policy)
    {
        start(sshd({"-D", "-p", std::to_string(port_)}), environment(policy));
    }

    std::vector<std::string> ssh(const std::string& remote_command) const
    {
        std::vector<std::string> arguments{debian_path("ssh"),   "-F", "none", "-i", directory_ / "user", "-p",
                                           std::to_string(port_)};
        for (const char* option : {"BatchMode=yes", "IdentitiesOnly=yes", "IdentityAgent=none", "LogLevel=ERROR",
                                   "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null"})
            arguments.insert(arguments.end(), {"-o", option});
        arguments.push_back(std::string(::getpwuid(::getuid())->pw_name) + "@127.0.0.1");
        arguments.push_back(remote_command);
        return arguments;
    }

    struct BothSides {
        Values server;
        Values client;
    };

    /// Opens a session and looks at both ends while the remote command waits for input.
    BothSides session(const std::optional<std::string>& client_policy = std::nullopt)
    {
        Pipe keyboard;
        Process client({.arguments = ssh("echo ready; cat"),
                        .environment = environment(client_policy),
                        .descriptors = {{keyboard.read_end(), 0}}});
        EXPECT_TRUE(client.says("ready")) << client.err() << server_->err();
        const TcpSocket near = socket_connected_to(client.pid(), port_).value();
        const TcpSocket far = accepted_socket(server_->pid(), port_, near.local_port).value();
        return {.server = far.values, .client = near.values};
    }

    const TempDir directory_;
    const std::uint16_t port_ = free_port();
    std::optional<Process> server_;
};

TEST_F(SshTest, SwitchesProbingOnAndLeavesTheTimesToTheSystem)
{
    start_sshd(std::nullopt);
    const BothSides sides = session();
    EXPECT_EQ(sides.server, (Values{.keepalive = 1}));
    EXPECT_EQ(sides.client, (Values{.keepalive = 1}));
}

TEST_F(SshTest, GetsOurTimesOnBothSides)
{
    start_sshd(rule_for(inbound_on_port(port_)));
    const BothSides sides = session(rule_for(outbound_to_port(port_)));
    EXPECT_EQ(sides.server, kRuled);
    EXPECT_EQ(sides.client, kRuled);
}

TEST_F(SshTest, IsOverriddenOnBothSidesByName)
{
    start_sshd(rule_for("program = \"sshd\"\n", "override"));
    const BothSides sides = session(rule_for("program = \"ssh\"\n", "override"));
    EXPECT_EQ(sides.server, kRuled);
    EXPECT_EQ(sides.client, kRuled);
}

/// ssh.socket of old: one sshd for each connection, which it finds on its descriptor 0 and never accepted.
TEST_F(SshTest, GetsOurTimesAsAnInetdService)
{
    std::vector<std::string> arguments{debian_path("systemd-socket-activate"), "--inetd", "--accept",
                                       "--listen=127.0.0.1:" + std::to_string(port_)};
    for (const std::string& variable : preloaded_environment(directory_, rule_for(inbound_on_port(port_))))
        arguments.push_back("--setenv=" + variable);
    const std::vector<std::string> service = sshd({"-i"});
    arguments.insert(arguments.end(), service.begin(), service.end());
    start(arguments, bare_environment(directory_));
    EXPECT_EQ(session().server, kRuled);
}

TEST_F(SshTest, CarriesTheSameSessionWithAndWithoutUs)
{
    std::vector<Result> results;
    for (const bool preloaded : {false, true}) {
        const auto policy = preloaded ? std::optional(rule_for(port_is(port_), "override")) : std::nullopt;
        server_.reset();
        start_sshd(policy);
        results.push_back(run({.arguments = ssh("cat; echo oops >&2; env | grep -c -e LD_PRELOAD -e KASHIM; exit 7"),
                               .environment = environment(policy),
                               .input = "through\n"}));
    }
    EXPECT_EQ(results[0].exit_code, 7);
    EXPECT_EQ(results[0].out, "through\n0\n");
    EXPECT_EQ(results[0].err, "oops\n");
    EXPECT_EQ(results[1].exit_code, results[0].exit_code);
    EXPECT_EQ(results[1].out, results[0].out);
    EXPECT_EQ(results[1].err, results[0].err);
}

}  // namespace
}  // namespace kashim::test
