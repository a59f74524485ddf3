// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What keepalive does not do. While sent data wait for their acknowledgement, or for a window, no probe is sent: the
// connection ends when TCP's retransmissions give up (tcp_retries2, about 15 minutes) or when user_timeout says so.
#include "programs/debian.h"
#include "programs/loopback.h"
#include "wire/both_sides.h"
#include "wire/python.h"
#include "wire/summary.h"
#include "wire/wire.h"

#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kashim::test {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr int kBudget = 4;

/// Keepalive alone: dead after 1 + 1 x 3 = 4 s, if nothing is in flight.
const std::string kProbes = "[defaults]\nidle = 1\ninterval = 1\ncount = 3\n";
const std::string kProbesAndLimit = kProbes + "user_timeout = \"auto\"\n";

/// How long a connection that should survive is watched: far beyond the budget. It lies between the retransmissions of
/// Linux (about 7 s and 13 s after the sending), so that after mending the wire nobody waits for the next one but one.
constexpr std::chrono::seconds kWatch{10};

/// Sends when told to, and waits for an answer.
constexpr const char* kAsker = R"(
import socket, sys, time
connection = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
sys.stdin.readline()
start = time.monotonic()
connection.sendall(b'request')
print('sent', flush=True)
try:
    connection.recv(1)
    print('answered')
except OSError as error:
    print('ended', error.errno, time.monotonic() - start)
)";

/// When told to, sends so and so many bytes, with a send buffer that fills up soon. The time counts from the last piece that was
/// taken whole: a blocked send() that is ended takes a part, and the error comes with the next one.
constexpr const char* kFiller = R"(
import socket, sys, time
connection = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
print('connected', flush=True)
sys.stdin.readline()
left = int(sys.argv[2])
start = time.monotonic()
try:
    while left:
        size = min(left, 1 << 14)
        taken = connection.send(bytes(size))
        if taken == size:
            start = time.monotonic()
        left -= taken
    print('sent everything')
except OSError as error:
    print('ended', error.errno, time.monotonic() - start)
)";

constexpr const char* kConnector = R"(
import socket, sys, time
start = time.monotonic()
try:
    socket.create_connection(('127.0.0.1', int(sys.argv[1])))
    print('connected')
except OSError as error:
    print('ended', error.errno, time.monotonic() - start)
)";

/// A server without kashim for one connection. "stops": reads nothing until told to, then everything. "slow": empties
/// its buffer once a second.
constexpr const char* kPeer = R"(
import socket, sys, time
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
listener.bind(('127.0.0.1', 0))
listener.listen()
print(listener.getsockname()[1], flush=True)
connection = listener.accept()[0]
if sys.argv[1] == 'stops':
    sys.stdin.readline()
    received = 0
    while piece := connection.recv(1 << 16):
        received += len(piece)
    print('received', received)
else:
    while connection.recv(1 << 20):
        time.sleep(1)
)";

/// The program was told, and when the budget was over.
void expect_end_at_the_budget(const std::string& name, const Ended& ended, int error, std::optional<int> probes)
{
    record({name, error_name(error) + " at " + std::to_string(kBudget) + " s", ended.seconds, probes,
            error_name(ended.error)});
    EXPECT_EQ(ended.error, error) << name << ": " << ended.said;
    EXPECT_GE(ended.seconds, kEarliest) << name;
    EXPECT_LE(ended.seconds, kLatest) << name;
}

void expect_survival(const std::string& name, Python& client, Seconds watched, std::optional<int> probes)
{
    const bool survived = client.process().running();
    record({name, "nothing in " + std::to_string(kWatch.count()) + " s", std::nullopt, probes,
            survived ? "nothing" : "ended"});
    EXPECT_TRUE(survived) << name << ", after " << watched.count() << " s: " << client.ended().said;
}

/// Whether the client of the port has data for which the peer gives it no room, as the kernel says.
bool waits_for_window(std::uint16_t port)
{
    const Result ss = run({.arguments = {debian_path("ss"), "-Htno", "dport = :" + std::to_string(port)}});
    return ss.out.find("timer:(persist") != std::string::npos;
}

class InFlightTest : public testing::Test {
protected:
    void SetUp() override
    {
        KASHIM_NEEDS("python3");
        KASHIM_NEEDS("ss");
        KASHIM_NEEDS_WIRE(wire_);
    }

    /// Nothing passes to the port; who sends there is told so by ICMP.
    void refuse(std::uint16_t port, const std::string& kind)
    {
        const std::string chain = "inet kashim refuse" + std::to_string(port);
        const Result nft =
            run({.arguments = {debian_path("nft"), "-f", "-"},
                 .input = "add chain " + chain + " { type filter hook input priority 0; }\nadd rule " + chain +
                          " tcp dport " + std::to_string(port) + " reject with icmp type " + kind + "\n"});
        ASSERT_TRUE(nft.ok()) << nft;
    }

    Wire wire_;
};

TEST_F(InFlightTest, UnacknowledgedDataOutliveTheKeepaliveBudgetAndEndAtItWithUserTimeoutAuto)
{
    Listener listener("127.0.0.1");
    const std::string port = std::to_string(listener.port());
    Python kept(kAsker, {port}, kProbes);
    Connection kept_peer = listener.accept();
    Python limited(kAsker, {port}, kProbesAndLimit);
    Connection limited_peer = listener.accept();

    wire_.cut(listener.port());
    const auto start = std::chrono::steady_clock::now();
    for (Python* client : {&kept, &limited}) {
        client->go_on();
        ASSERT_TRUE(client->process().says("sent\n"));
    }
    const int before = wire_.probes();
    const Ended ended = limited.ended();
    kept.survives(kWatch - std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start));
    const int probes = wire_.probes() - before;

    expect_end_at_the_budget("data in flight, user_timeout auto", ended, ETIMEDOUT, probes);
    expect_survival("data in flight, keepalive alone", kept, std::chrono::steady_clock::now() - start, probes);
    EXPECT_EQ(probes, 0);

    wire_.restore(listener.port());
    EXPECT_EQ(kept_peer.receive_until("request"), "request");
}

/// An idle connection never learns what a router says (its probes lie outside the window, the kernel drops the answer).
/// One with data in flight does: not at once, but as the reason when user_timeout ends it.
TEST_F(InFlightTest, WhatARouterSaysIsTheErrorWithWhichUserTimeoutEnds)
{
    struct Answer {
        std::string kind;
        int error;
        Listener listener{"127.0.0.1"};
        std::unique_ptr<Python> client{};
        std::optional<Connection> peer{};
    };
    Answer answers[] = {{"host-unreachable", EHOSTUNREACH},
                        {"net-unreachable", ENETUNREACH},
                        {"port-unreachable", ECONNREFUSED},
                        {"admin-prohibited", EHOSTUNREACH}};
    for (Answer& answer : answers) {
        const std::string port = std::to_string(answer.listener.port());
        answer.client = std::make_unique<Python>(kAsker, std::vector{port}, kProbesAndLimit);
        answer.peer.emplace(answer.listener.accept());
    }
    Listener& host = answers[0].listener;
    Python kept(kAsker, {std::to_string(host.port())}, kProbes);
    Connection kept_peer = host.accept();

    for (Answer& answer : answers) {
        refuse(answer.listener.port(), answer.kind);
        answer.client->go_on();
    }
    const auto start = std::chrono::steady_clock::now();
    kept.go_on();
    EXPECT_TRUE(kept.process().says("sent\n"));
    kept.survives(kWatch);

    for (Answer& answer : answers)
        expect_end_at_the_budget("data in flight, user_timeout auto, ICMP " + answer.kind, answer.client->ended(),
                                 answer.error, std::nullopt);
    expect_survival("data in flight, keepalive alone, ICMP host-unreachable", kept,
                    std::chrono::steady_clock::now() - start, std::nullopt);
}

/// What kashim check warns of: user_timeout does not ask whether the peer lives, only whether it takes the data.
TEST_F(InFlightTest, UserTimeoutEndsALivePeerThatStopsReadingAndKeepaliveAloneDoesNot)
{
    struct Pair {
        Python peer;
        std::uint16_t port;
        Python client;

        Pair(const char* mode, const std::string& bytes, const std::string& policy)
            : peer(kPeer, {mode}, std::nullopt), port(port_of(peer)),
              client(kFiller, {std::to_string(port), bytes}, policy)
        {
            EXPECT_TRUE(client.process().says("connected\n"));
        }

        /// Up to where the peer has no more room, or to the end of a client that it ended.
        bool fill()
        {
            client.go_on();
            return eventually([this] { return waits_for_window(port) || !client.process().running(); });
        }

        static std::uint16_t port_of(Python& server)
        {
            EXPECT_TRUE(server.process().says("\n"));
            return static_cast<std::uint16_t>(std::stoi(server.process().out()));
        }
    };
    constexpr const char* kMuch = "1000000";
    constexpr const char* kEndless = "1000000000000";
    Pair kept("stops", kMuch, kProbes);
    Pair limited("stops", kMuch, kProbesAndLimit);
    Pair slow("slow", kEndless, kProbesAndLimit);
    Pair kept_dead("stops", kMuch, kProbes);
    Pair limited_dead("stops", kMuch, kProbesAndLimit);
    // Its four seconds have begun when the wire is cut: all programs run already, and it is the first.
    for (Pair* pair : {&limited_dead, &kept_dead}) {
        ASSERT_TRUE(pair->fill());
        wire_.cut(pair->port);
        ASSERT_TRUE(pair->client.process().running()) << pair->client.ended().said;
    }
    for (Pair* pair : {&kept, &limited, &slow})
        ASSERT_TRUE(pair->fill());
    const auto start = std::chrono::steady_clock::now();
    const int before = wire_.probes();
    kept.client.survives(kWatch);
    const Seconds watched = std::chrono::steady_clock::now() - start;
    const int probes = wire_.probes() - before;

    expect_end_at_the_budget("live peer that stops reading, user_timeout auto", limited.client.ended(), ETIMEDOUT,
                             probes);
    expect_survival("live peer that stops reading, keepalive alone", kept.client, watched, probes);
    expect_survival("live peer that reads once a second, user_timeout auto", slow.client, watched, probes);
    expect_end_at_the_budget("peer that stopped reading and died, user_timeout auto", limited_dead.client.ended(),
                             ETIMEDOUT, probes);
    expect_survival("peer that stopped reading and died, keepalive alone", kept_dead.client, watched, probes);
    EXPECT_EQ(probes, 0);

    kept.peer.go_on();
    EXPECT_TRUE(kept.peer.process().says("received 1000000\n"));
    EXPECT_EQ(kept.client.ended().said, "connected\nsent everything\n");
}

TEST_F(InFlightTest, UserTimeoutLimitsConnectToo)
{
    Listener listener("127.0.0.1");
    const std::string port = std::to_string(listener.port());
    wire_.cut(listener.port());
    Python bare(kConnector, {port}, std::nullopt);
    Python kept(kConnector, {port}, kProbes);
    Python limited(kConnector, {port}, kProbesAndLimit);
    const auto start = std::chrono::steady_clock::now();
    kept.survives(kWatch);
    const Seconds watched = std::chrono::steady_clock::now() - start;

    expect_end_at_the_budget("connect() without an answer, user_timeout auto", limited.ended(), ETIMEDOUT,
                             std::nullopt);
    expect_survival("connect() without an answer, keepalive alone", kept, watched, std::nullopt);
    expect_survival("connect() without an answer, without kashim", bare, watched, std::nullopt);
}

}  // namespace
}  // namespace kashim::test
