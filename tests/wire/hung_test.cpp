// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The fault that kashim is for: the peer is gone without a word and a program waits for it. Bare it waits for ever;
// preloaded it is told after idle + interval x count.
#include "programs/debian.h"
#include "programs/loopback.h"
#include "wire/both_sides.h"
#include "wire/wire.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace kashim::test {
namespace {

/// Dead after 1 + 1 x 3 = 4 s.
constexpr const char* kFourSeconds = R"(
[defaults]
idle = 1
interval = 1
count = 3
)";

constexpr const char* kReader = R"(
import socket, sys
connection = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
connection.sendall(b'hello')
try:
    print('received', connection.recv(1))
except OSError as error:
    print('errno', error.errno)
)";

/// A client twice, bare and preloaded, connected to the same listener and waiting for it to say something.
class HungTest : public testing::Test {
protected:
    struct Pair {
        Process bare;
        Process preloaded;
        Connection bare_peer;
        Connection preloaded_peer;
    };

    Pair start(const std::vector<std::string>& arguments, Listener& listener, const char* policy)
    {
        const auto one = [&](const Environment& environment) {
            Process process({.arguments = arguments, .environment = environment, .input = "hello"});
            Connection peer = listener.accept();
            EXPECT_EQ(peer.receive_until("hello"), "hello");
            return std::pair(std::move(process), std::move(peer));
        };
        auto [bare, bare_peer] = one(bare_environment(directory_));
        auto [preloaded, preloaded_peer] = one(preloaded_environment(directory_, policy));
        return {std::move(bare), std::move(preloaded), std::move(bare_peer), std::move(preloaded_peer)};
    }

    const TempDir directory_;
};

TEST_F(HungTest, ABlockedReadOfPythonEndsWithETIMEDOUTAfterThreeProbes)
{
    KASHIM_NEEDS("python3");
    Wire wire;
    KASHIM_NEEDS_WIRE(wire);
    Listener listener("127.0.0.1");
    Pair python =
        start({debian_path("python3"), "-c", kReader, std::to_string(listener.port())}, listener, kFourSeconds);

    const int probes = cut_silent(wire, {listener.port()});
    const Result result = python.preloaded.wait();

    EXPECT_EQ(result.out, "errno 110\n") << result;  // ETIMEDOUT
    EXPECT_EQ(wire.probes() - probes, 3);
    EXPECT_TRUE(python.bare.running());
    EXPECT_EQ(python.bare.out(), "");
}

TEST_F(HungTest, ABlockedNetcatEndsAfterThreeProbes)
{
    KASHIM_NEEDS("nc");
    Wire wire;
    KASHIM_NEEDS_WIRE(wire);
    Listener listener("127.0.0.1");
    Pair nc = start({debian_path("nc"), "127.0.0.1", std::to_string(listener.port())}, listener, kFourSeconds);

    const int probes = cut_silent(wire, {listener.port()});
    const Result result = nc.preloaded.wait();

    EXPECT_FALSE(result.timed_out) << result;
    EXPECT_EQ(wire.probes() - probes, 3);
    EXPECT_TRUE(nc.bare.running());
}

/// The other side of the same fault: a server that holds what a vanished client left behind. redis-server chooses 600 s
/// for its connections itself.
TEST_F(HungTest, ARedisServerLetsGoOfAClientThatIsGone)
{
    KASHIM_NEEDS("redis-server");
    Wire wire;
    KASHIM_NEEDS_WIRE(wire);
    struct Server {
        std::uint16_t port;
        Process process;
        Connection client;
        std::uint16_t client_port = client.local_port();

        bool holds_client()
        {
            const std::vector<TcpSocket> sockets = tcp_sockets(process.pid());
            return std::any_of(sockets.begin(), sockets.end(),
                               [this](const TcpSocket& socket) { return socket.peer_port == client_port; });
        }
    };
    const auto start_redis = [&](const Environment& environment) {
        const std::uint16_t port = free_port();
        Process process({.arguments = {debian_path("redis-server"), "--bind", "127.0.0.1", "--port",
                                       std::to_string(port), "--save", "", "--dir", directory_.path()},
                         .environment = environment});
        Connection client = connect_to("127.0.0.1", port);
        client.send("PING\r\n");
        EXPECT_EQ(client.receive_until("\n"), "+PONG\r\n");
        return Server{port, std::move(process), std::move(client)};
    };
    Server bare = start_redis(bare_environment(directory_));
    Server preloaded =
        start_redis(preloaded_environment(directory_, std::string(kFourSeconds) + "app = \"override\"\n"));

    wire.cut(bare.port);
    const int probes = cut_silent(wire, {preloaded.port});
    EXPECT_TRUE(eventually([&] { return !preloaded.holds_client(); }));

    EXPECT_EQ(wire.probes() - probes, 3);
    EXPECT_TRUE(preloaded.process.running());
    EXPECT_TRUE(bare.holds_client());
}

/// 120 probes a second apart leave a slow machine time to mend the wire. What came back in time reads on as if
/// nothing had been.
TEST_F(HungTest, AReadSurvivesACutThatIsOverBeforeTheLastProbe)
{
    KASHIM_NEEDS("python3");
    Wire wire;
    KASHIM_NEEDS_WIRE(wire);
    Listener listener("127.0.0.1");
    Pair python = start({debian_path("python3"), "-c", kReader, std::to_string(listener.port())}, listener,
                        "[defaults]\nidle = 1\ninterval = 1\ncount = 120\n");

    const int probes = cut_silent(wire, {listener.port()});
    ASSERT_TRUE(eventually([&] { return wire.probes() >= probes + 2; }));
    wire.restore(listener.port());
    ASSERT_TRUE(eventually([&] { return wire.probes() >= probes + 4; }));

    ASSERT_TRUE(python.preloaded.running()) << python.preloaded.wait();
    python.preloaded_peer.send("x");
    EXPECT_EQ(python.preloaded.wait().out, "received b'x'\n");
}

}  // namespace
}  // namespace kashim::test
