// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Many sockets that are silent for longer than their new idle: each probes as soon as it is set.
#include "sockets/apply.h"
#include "sockets/child.h"
#include "sockets/ends.h"
#include "sockets/written.h"
#include "support/process.h"
#include "support/values.h"
#include "wire/namespaces.h"

#include <gtest/gtest.h>

#include <sched.h>
#include <unistd.h>

#include <algorithm>

namespace kashim::test {
namespace {

constexpr int kMany = 200;
const std::string kRules = "[defaults]\nkeepalive = \"leave\"\n[[rule]]\nkeepalive = true\ndirection = \"outbound\"\n"
                           "idle = 4\ninterval = 300\n";

// In a network of its own, so that no other probes are counted. It is down when the probes are due: a connection whose
// probe was answered would send the next one after idle, and on a slow machine that would be counted too.
void hold_many(const Talk& talk)
{
    if (unshare(CLONE_NEWNET) != 0 || !raise_loopback())
        return;
    const int listener = listen_on("127.0.0.1", IPPROTO_TCP, kMany);
    for (int i = 0; i < kMany; ++i) {
        connect_to_port("127.0.0.1", port_of(listener));
        accept_from(listener);
    }
    talk.say(lower_loopback() ? "ready" : "the loopback stays up");
    for (;;) {
        talk.hear();
        talk.say(kernel_counter("TcpExtTCPKeepAlive"));
    }
}

bool all_silent(sockets::Namespaces& namespaces, pid_t pid)
{
    std::vector<sockets::Socket> sockets;
    namespaces.of(pid).there->sock_diag().list(sockets, sockets::Detail::with_silence);
    return std::ranges::all_of(sockets, [](const sockets::Socket& socket) {
        return socket.state != sockets::TcpState::established || socket.silence >= std::chrono::milliseconds(4100);
    });
}

TEST(LiveSpread, SendsFirstProbesInSlices)
{
    if (getuid() != 0)
        GTEST_SKIP() << "needs root";
    const Child child(hold_many);
    ASSERT_EQ(child.hear(), "ready");
    sockets::Namespaces namespaces;
    ASSERT_TRUE(eventually([&] { return all_silent(namespaces, child.pid()); }));
    const Written written(kRules);
    const auto sent = [&child] {
        child.say("count");
        return child.hear_number();
    };
    int before = sent(), pauses = 0;
    const auto pause = [&](std::chrono::milliseconds time) {
        EXPECT_EQ(time, sockets::kBetweenSlices);
        ++pauses;
        // The probes of a slice are on their way within a tick; the next slice must not come on top of them.
        EXPECT_TRUE(eventually([&] { return sent() >= before + static_cast<int>(sockets::kProbesAtOnce); }));
        EXPECT_LE(sent(), before + static_cast<int>(sockets::kProbesAtOnce));
        before = sent();
    };
    const sockets::Applied applied =
        sockets::apply(sockets::take_snapshot(namespaces, {{child.pid()}}), written.rules(), {.pause = pause});
    EXPECT_EQ(applied.spread, static_cast<std::size_t>(kMany));
    EXPECT_EQ(applied.processes.at(0).set, static_cast<std::size_t>(kMany));
    EXPECT_EQ(pauses, (kMany - 1) / static_cast<int>(sockets::kProbesAtOnce));
    EXPECT_TRUE(eventually([&] { return sent() >= kMany; }));
}

TEST(LiveSpread, CostsNoPauseForAFewNorForThoseThatAreNotDue)
{
    const Child child([](const Talk& talk) {
        const int listener = listen_on("127.0.0.1");
        for (int i = 0; i < 100; ++i) {
            connect_to_port("127.0.0.1", port_of(listener));
            accept_from(listener);
        }
        talk.say("ready");
        talk.hear();
    });
    child.hear();
    const Written written("");
    sockets::Namespaces namespaces;
    const sockets::Applied applied =
        sockets::apply(sockets::take_snapshot(namespaces, {{child.pid()}}), written.rules(),
                       {.pause = [](std::chrono::milliseconds) { ADD_FAILURE(); }});
    EXPECT_EQ(applied.spread, 0u);
    EXPECT_EQ(applied.processes.at(0).set, 201u);
}

TEST(LiveSpread, StaysWithinAFewSecondsHoweverManyThereAre)
{
    EXPECT_EQ(sockets::slices_for(0).pause.count(), 0);
    EXPECT_EQ(sockets::slices_for(sockets::kProbesAtOnce).size, sockets::kProbesAtOnce);
    EXPECT_EQ(sockets::slices_for(sockets::kProbesAtOnce).pause.count(), 0);
    for (const std::size_t sockets : {33u, 1000u, 2560u, 10'000u, 1'000'000u}) {
        const sockets::Slices slices = sockets::slices_for(sockets);
        EXPECT_GE(slices.size, sockets::kProbesAtOnce);
        EXPECT_LE((sockets / slices.size) * slices.pause, sockets::kLongestSpread) << sockets;
    }
}

}  // namespace
}  // namespace kashim::test
