// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The middlebox that forgets: a NAT router or load balancer drops its entry for a connection that is silent for too
// long, and from then on what belongs to it, without a word. Here after 4 s; real ones take 240 s and more.
#include "support/process.h"
#include "wire/hosts.h"
#include "wire/python.h"
#include "wire/summary.h"
#include "wire/wire.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace kashim::test {
namespace {

/// More than twice as long as the router remembers, and never so long that a request could still get through.
constexpr std::chrono::seconds kSilence{9};

/// How long a client waits for what does not come.
constexpr std::chrono::seconds kInVain{5};

const std::string kBelowTheRouter = "[defaults]\nidle = 2\ninterval = 1\ncount = 3\n";

/// The first probe is too late for the router: dead after 5 + 1 x 2 = 7 s.
const std::string kAboveTheRouter = "[defaults]\nidle = 5\ninterval = 1\ncount = 2\n";

/// Sends back what it gets, on as many connections as come.
constexpr const char* kEcho = R"(
import selectors, socket, sys
listener = socket.create_server((sys.argv[1], 0), backlog=1024)
print(listener.getsockname()[1], flush=True)
ready = selectors.DefaultSelector()
ready.register(listener, selectors.EVENT_READ)
while True:
    for key, _ in ready.select():
        if key.fileobj is listener:
            ready.register(listener.accept()[0], selectors.EVENT_READ)
        elif text := key.fileobj.recv(100):
            key.fileobj.sendall(text)
        else:
            ready.unregister(key.fileobj)
            key.fileobj.close()
)";

/// One connection and a read that blocks: a request at once, and another when told to.
constexpr const char* kAsker = R"(
import socket, sys, time
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
connection.sendall(b'first')
connection.recv(5)
print('connected', flush=True)
sys.stdin.readline()
start = time.monotonic()
try:
    connection.sendall(b'second')
    print('sent', flush=True)
    print('answered', connection.recv(6))
except OSError as error:
    print('ended', error.errno, time.monotonic() - start)
)";

/// The same on many connections, as a pool has them. The second time it gives up when no answer has come for so many
/// seconds.
constexpr const char* kPool = R"(
import selectors, socket, sys
connections = [socket.create_connection((sys.argv[1], int(sys.argv[2]))) for _ in range(int(sys.argv[3]))]
def ask(text, patience=None):
    ready = selectors.DefaultSelector()
    for connection in connections:
        ready.register(connection, selectors.EVENT_READ)
        connection.sendall(text)
    answered = 0
    while answered < len(connections) and (keys := ready.select(patience)):
        for key, _ in keys:
            answered += key.fileobj.recv(100) == text
    return answered
print('first', ask(b'first'), flush=True)
sys.stdin.readline()
print('second', ask(b'second', int(sys.argv[4])), flush=True)
)";

class MiddleboxTest : public testing::Test {
protected:
    void SetUp() override
    {
        KASHIM_NEEDS("python3");
        KASHIM_NEEDS_WIRE(hosts_);
        ASSERT_TRUE(run_nft(R"(
            table ip forgetful {
                chain translate {
                    type nat hook postrouting priority srcnat;
                    oifname far masquerade
                }
                chain forward {
                    type filter hook forward priority 1; policy drop;
                    ct state established,related accept
                    ct state new tcp flags & (fin | syn | rst | ack) == syn accept
                }
            }
        )"));
        // Only now: these files come with the first rule that needs them. Without "loose" a connection that was
        // forgotten cannot be picked up again in its middle.
        write_file("/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established", "4");
        write_file("/proc/sys/net/netfilter/nf_conntrack_tcp_loose", "0");
        server_ = hosts_.in(Node::far, [] {
            return std::make_unique<Python>(kEcho, std::vector{Hosts::ipv4(Node::far)}, std::nullopt);
        });
        ASSERT_TRUE(server_->process().says("\n"));
        port_ = server_->process().out();
        port_.pop_back();
    }

    /// A client on the other side of the router, up to where it waits to be told.
    std::unique_ptr<Python> client(const char* script, const std::vector<std::string>& more,
                                   const std::optional<std::string>& policy, const std::string& when_ready)
    {
        std::vector<std::string> arguments{Hosts::ipv4(Node::far), port_};
        arguments.insert(arguments.end(), more.begin(), more.end());
        auto python = hosts_.in(Node::near, [&] { return std::make_unique<Python>(script, arguments, policy); });
        EXPECT_TRUE(python->process().says(when_ready)) << python->process().out() << python->process().err();
        return python;
    }

    /// How many of its second requests a pool says were answered, or all it said where it did not.
    static std::string answers(Python& pool)
    {
        const std::string said = pool.ended().said;
        const std::string before = "\nsecond ";
        const auto at = said.find(before);
        return at == std::string::npos ? said : said.substr(at + before.size(), said.size() - at - before.size() - 1);
    }

    static bool run_nft(const std::string& commands)
    {
        const Result nft = run({.arguments = {debian_path("nft"), "-f", "-"}, .input = commands});
        EXPECT_TRUE(nft.ok()) << nft;
        return nft.ok();
    }

    Hosts hosts_;
    std::unique_ptr<Python> server_;
    std::string port_;
};

TEST_F(MiddleboxTest, ARequestAfterLongSilenceHangsWithoutKashimAndIsAnsweredWithIdleBelowTheRouters)
{
    const auto bare = client(kAsker, {}, std::nullopt, "connected\n");
    const auto kept = client(kAsker, {}, kBelowTheRouter, "connected\n");
    const auto told = client(kAsker, {}, kAboveTheRouter, "connected\n");

    std::this_thread::sleep_for(kSilence);
    const int probes = hosts_.probes(Node::near);
    for (Python* python : {bare.get(), kept.get(), told.get()})
        python->go_on();
    const std::string answer = kept->ended().said;
    const Ended late = told->ended();
    EXPECT_TRUE(bare->process().says("sent\n"));
    const bool hangs = bare->survives(kInVain);

    const bool answered = answer == "connected\nsent\nanswered b'second'\n";
    const std::string name = "router forgets after 4 s, request after 9 s, ";
    record({name + "without kashim", "no answer in 5 s", std::nullopt, std::nullopt, hangs ? "nothing" : "ended"});
    record({name + "idle 2 s", "answered", std::nullopt, std::nullopt, answered ? "answered" : "not answered"});
    record({name + "dead after 5 + 1 x 2 s", "ETIMEDOUT at once", late.seconds, std::nullopt, error_name(late.error)});
    EXPECT_TRUE(hangs) << bare->process().out();
    EXPECT_TRUE(answered) << probes << " probes, " << answer;
    EXPECT_EQ(late.error, ETIMEDOUT) << late.said;
}

TEST_F(MiddleboxTest, TwoHundredConnectionsAtOnceAreAllKeptAndWithoutKashimAllLost)
{
    constexpr int kMany = 200;
    const std::string many = std::to_string(kMany);
    const auto pool = [&](std::chrono::seconds patience, const std::optional<std::string>& policy) {
        return client(kPool, {many, std::to_string(patience.count())}, policy, "first " + many + "\n");
    };
    const auto bare = pool(kInVain, std::nullopt);
    const auto kept = pool(kDeadline, kBelowTheRouter);

    std::this_thread::sleep_for(kSilence);
    const int probes = hosts_.probes(Node::near);
    bare->go_on();
    kept->go_on();
    const std::string with = answers(*kept);
    const std::string without = answers(*bare);

    const std::string name = many + " connections, router forgets after 4 s, request after 9 s, ";
    record({name + "without kashim", "0 answered", std::nullopt, std::nullopt, without + " answered"});
    record({name + "idle 2 s", many + " answered", std::nullopt, probes, with + " answered"});
    EXPECT_EQ(without, "0");
    EXPECT_EQ(with, many) << probes << " probes";
    EXPECT_GE(probes, 2 * kMany);
}

}  // namespace
}  // namespace kashim::test
