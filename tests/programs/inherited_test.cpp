// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Services that are handed their socket: somebody else called socket, listen or accept, without us. Only what is
// executed with the socket already open is preloaded.
#include "programs/configurations.h"
#include "programs/debian.h"
#include "programs/loopback.h"
#include "programs/policy.h"

namespace kashim::test {
namespace {

constexpr const char* kActivated = R"(
import os, socket
listener = socket.socket(fileno=3)
assert os.environ['LISTEN_FDS'] == '1' and os.environ['LISTEN_PID'] == str(os.getpid())
connection, _ = listener.accept()
connection.sendall(connection.recv(100))
connection.recv(1)
)";

class InheritedTest : public testing::Test {
protected:
    struct Seen {
        Values values;
        std::string answer;  ///< to "hello\n"
    };

    /// Starts the super server bare; connects, says hello, and looks at the service's side of the connection.
    Seen greet(const std::vector<std::string>& arguments)
    {
        Process super({.arguments = arguments, .environment = bare_environment(directory_)});
        Connection connection = connect_to("127.0.0.1", port_);
        connection.send("hello\n");
        Seen seen;
        seen.answer = connection.receive_until("hello\n");
        seen.values = accepted_socket(super.pid(), port_, connection.local_port()).value().values;
        return seen;
    }

    std::vector<std::string> systemd(const Environment& environment, const std::vector<std::string>& rest) const
    {
        std::vector<std::string> arguments{debian_path("systemd-socket-activate"),
                                           "--listen=127.0.0.1:" + std::to_string(port_)};
        for (const std::string& variable : environment)
            arguments.push_back("--setenv=" + variable);
        arguments.insert(arguments.end(), rest.begin(), rest.end());
        return arguments;
    }

    std::vector<std::string> xinetd(const Environment& environment) const
    {
        std::string variables;
        for (const std::string& variable : environment)
            variables += "env += " + variable + "\n";
        return xinetd_with_cat(directory_, "127.0.0.1", port_, variables);
    }

    Environment preloaded(const std::string& policy) const { return preloaded_environment(directory_, policy); }

    const TempDir directory_;
    const std::uint16_t port_ = free_port();
};

TEST_F(InheritedTest, ASocketActivatedListenerGivesItsConnectionsOurTimes)
{
    KASHIM_NEEDS("systemd-socket-activate");
    KASHIM_NEEDS("python3");
    const std::vector<std::string> service{debian_path("python3"), "-c", kActivated};
    EXPECT_EQ(greet(systemd(bare_environment(directory_), service)).values, Values{});
    const Seen seen = greet(systemd(preloaded(rule_for(inbound_on_port(port_))), service));
    EXPECT_EQ(seen.answer, "hello\n");
    EXPECT_EQ(seen.values, kRuled);
}

TEST_F(InheritedTest, ASocketActivatedListenerGivesItsConnectionsTheTimesOfTheirPeer)
{
    KASHIM_NEEDS("systemd-socket-activate");
    KASHIM_NEEDS("python3");
    const Environment environment = preloaded(rule_for("direction = \"inbound\"\npeer = \"127.0.0.1\"\n"));
    EXPECT_EQ(greet(systemd(environment, {debian_path("python3"), "-c", kActivated})).values, kRuled);
}

/// cat knows nothing of sockets: no call of it could be hooked.
TEST_F(InheritedTest, ACatThatSystemdStartsForAConnectionHasOurTimes)
{
    KASHIM_NEEDS("systemd-socket-activate");
    const std::vector<std::string> service{"--inetd", "--accept", debian_path("cat")};
    EXPECT_EQ(greet(systemd(bare_environment(directory_), service)).values, Values{});
    const Seen seen = greet(systemd(preloaded(rule_for(inbound_on_port(port_))), service));
    EXPECT_EQ(seen.answer, "hello\n");
    EXPECT_EQ(seen.values, kRuled);
}

TEST_F(InheritedTest, ACatThatXinetdStartsForAConnectionHasOurTimes)
{
    KASHIM_NEEDS("xinetd");
    EXPECT_EQ(greet(xinetd(bare_environment(directory_))).values, Values{});
    const Seen seen = greet(xinetd(preloaded(rule_for(inbound_on_port(port_)))));
    EXPECT_EQ(seen.answer, "hello\n");
    EXPECT_EQ(seen.values, kRuled);
}

/// The service's standard error is the connection: an error message would be read by the peer.
TEST_F(InheritedTest, ThePeerOfAnInetdServiceNeverReadsOurErrors)
{
    KASHIM_NEEDS("xinetd");
    const Environment misspelt = preloaded("[defaults]\nidel = \"60s\"\n");
    const Result by_hand = run({.arguments = {debian_path("cat")}, .environment = misspelt});
    EXPECT_NE(by_hand.err.find("idel"), std::string::npos) << by_hand;
    const Seen seen = greet(xinetd(misspelt));
    EXPECT_EQ(seen.answer, "hello\n");
    EXPECT_EQ(seen.values, Values{});
}

}  // namespace
}  // namespace kashim::test
