// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// OpenJDK running single source files. Java's sockets are IPv6 sockets also where the peer is IPv4, so the rules for
// IPv4 addresses are matched against mapped ones here.
#include "programs/debian.h"
#include "programs/loopback.h"
#include "programs/pipe.h"
#include "programs/policy.h"

#include <optional>

namespace kashim::test {
namespace {

/// Three connections: one quiet, one that switches probing on, one that chooses its times once it is connected.
constexpr const char* kClient = R"(
import java.net.InetSocketAddress;
import java.net.Socket;
import jdk.net.ExtendedSocketOptions;

public class Client {
    static Socket open(String host, String port) throws Exception {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(host, Integer.parseInt(port)));
        return socket;
    }

    public static void main(String[] arguments) throws Exception {
        Socket quiet = open(arguments[0], arguments[1]);
        Socket probing = open(arguments[0], arguments[2]);
        probing.setKeepAlive(true);
        Socket timed = open(arguments[0], arguments[3]);
        timed.setKeepAlive(true);
        timed.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 10);
        timed.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 2);
        timed.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 30);
        System.out.println("ready");
        System.in.read();
    }
}
)";

/// Accepts one connection, switches probing on and echoes a byte.
constexpr const char* kServer = R"(
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

public class Server {
    public static void main(String[] arguments) throws Exception {
        ServerSocket server = new ServerSocket(Integer.parseInt(arguments[1]), 5, InetAddress.getByName(arguments[0]));
        Socket connection = server.accept();
        connection.setKeepAlive(true);
        connection.getOutputStream().write(connection.getInputStream().read());
        connection.getInputStream().read();
    }
}
)";

/// 10 + 2 x 30 = 70 s; capped at our 48: (48 - 10) / 2 = 19 probes.
constexpr Values kTimed{.keepalive = 1, .idle = 10, .interval = 2, .count = 30};
constexpr Values kTimedAndRespected{.keepalive = 1, .idle = 10, .interval = 2, .count = 30, .user_timeout = 70'000};
constexpr Values kTimedAndCapped{.keepalive = 1, .idle = 10, .interval = 2, .count = 19, .user_timeout = 48'000};

class JavaTest : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override
    {
        KASHIM_NEEDS("java");
        KASHIM_NEEDS("javac");
        if (!has_address(address_))
            GTEST_SKIP() << "skipped, because this machine does not have " << address_;
    }

    std::vector<std::string> java(const std::string& file, const char* source, std::vector<std::string> arguments) const
    {
        // One thread compiles and collects: the machine has other things to do, and starting is all that is needed.
        std::vector<std::string> command{debian_path("java"), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                                         write_file(directory_ / file, source), address_};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return command;
    }

    struct Connections {
        Values quiet;
        Values probing;
        Values timed;
    };

    Connections connections(const std::optional<std::string>& policy)
    {
        Listener quiet(address_);
        Listener probing(address_);
        Listener timed(address_);
        const Pipe keyboard;
        Process client({.arguments = java("Client.java", kClient,
                                          {std::to_string(quiet.port()), std::to_string(probing.port()),
                                           std::to_string(timed.port())}),
                        .environment = environment(policy),
                        .descriptors = {{keyboard.read_end(), 0}}});
        EXPECT_TRUE(client.says("ready")) << client.err();
        EXPECT_EQ(client.err(), "");
        return {.quiet = socket_connected_to(client.pid(), quiet.port()).value().values,
                .probing = socket_connected_to(client.pid(), probing.port()).value().values,
                .timed = socket_connected_to(client.pid(), timed.port()).value().values};
    }

    Values accepted(const std::optional<std::string>& policy)
    {
        Process server(
            {.arguments = java("Server.java", kServer, {std::to_string(port_)}), .environment = environment(policy)});
        Connection connection = connect_to(address_, port_);
        connection.send("x");
        EXPECT_EQ(connection.receive_until("x"), "x") << server.err();
        EXPECT_EQ(server.err(), "");
        return accepted_socket(server.pid(), port_, connection.local_port()).value().values;
    }

    Environment environment(const std::optional<std::string>& policy)
    {
        return policy ? preloaded_environment(directory_, *policy) : bare_environment(directory_);
    }

    std::string by_peer(const std::string& direction) const
    {
        return "direction = \"" + direction + "\"\npeer = \"" + address_ + "\"\n";
    }

    const TempDir directory_;
    const std::string address_ = GetParam();
    const std::uint16_t port_ = free_port();
};

TEST_P(JavaTest, HasItsAuthorsHabitsWithoutUs)
{
    const Connections client = connections(std::nullopt);
    EXPECT_EQ(client.quiet, Values{});
    EXPECT_EQ(client.probing, (Values{.keepalive = 1}));
    EXPECT_EQ(client.timed, kTimed);
    EXPECT_EQ(accepted(std::nullopt), (Values{.keepalive = 1}));
}

TEST_P(JavaTest, KeepsWhatItChoseAndGetsTheRestByPeersAddress)
{
    const Connections client = connections(rule_for(by_peer("outbound")));
    EXPECT_EQ(client.quiet, kRuled);
    EXPECT_EQ(client.probing, kRuled);
    EXPECT_EQ(client.timed, kTimedAndRespected);
    EXPECT_EQ(accepted(rule_for(by_peer("inbound"))), kRuled);
}

TEST_P(JavaTest, IsCappedByName)
{
    const Connections client = connections(rule_for("program = \"java\"\n", "cap"));
    EXPECT_EQ(client.quiet, kRuled);
    EXPECT_EQ(client.probing, kRuled);
    EXPECT_EQ(client.timed, kTimedAndCapped);
}

TEST_P(JavaTest, IsOverriddenByDirection)
{
    const Connections client = connections(rule_for("direction = \"outbound\"\n", "override"));
    EXPECT_EQ(client.quiet, kRuled);
    EXPECT_EQ(client.probing, kRuled);
    EXPECT_EQ(client.timed, kRuled);
    EXPECT_EQ(accepted(rule_for(inbound_on_port(port_), "override")), kRuled);
}

INSTANTIATE_TEST_SUITE_P(Debian, JavaTest, testing::Values("127.0.0.1", "::1"),
                         [](const auto& test) { return test.param == "::1" ? "IPv6" : "IPv4"; });

}  // namespace
}  // namespace kashim::test
