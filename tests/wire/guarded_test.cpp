// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The server is gone without a word, and a Go client waits for it. Go makes its own system calls, so that no preload
// reaches it: the guarded one ends at its budget, the bare one when Go's own 15 + 15 x 9 s are over.
#include "programs/guard.h"
#include "programs/loopback.h"
#include "wire/both_sides.h"
#include "wire/summary.h"

#include <string>

namespace kashim::test {
namespace {

TEST(GuardedTest, AGoClientEndsAtItsBudget)
{
    KASHIM_NEEDS_BUILT("peer", "golang-go");
    Wire wire;
    KASHIM_NEEDS_WIRE(wire);
    const TempDir directory;
    Listener listener("127.0.0.1");
    const std::vector<std::string> client{built("peer"), "client", std::to_string(listener.port())};
    Process guarded({.arguments = guard_started(directory, kFourSecondsForAll, client)});
    const Connection guarded_peer = listener.accept();
    constexpr Values kFourSeconds{.keepalive = 1, .idle = 1, .interval = 1, .count = 3, .user_timeout = 0};
    ASSERT_EQ(values_become(guarded.pid(), listener.port(), kFourSeconds), kFourSeconds);
    // Last: the probe that Go itself sends after 15 s would be counted too.
    Process bare({.arguments = client});
    const Connection bare_peer = listener.accept();
    for (Process* const process : {&bare, &guarded})
        ASSERT_TRUE(process->says("connected\n"));

    const Stopwatch watch;
    const int probes = cut_silent(wire, {listener.port()});
    const Result result = guarded.wait();
    const double seconds = watch.seconds();
    const int sent = wire.probes() - probes;

    EXPECT_EQ(result.exit_code, 1) << result;
    EXPECT_TRUE(result.out.ends_with("read: connection timed out\n")) << result;
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(sent, 3);
    EXPECT_GT(seconds, kEarliest);
    EXPECT_LT(seconds, kLatest);
    EXPECT_TRUE(bare.running());
    EXPECT_EQ(bare.out(), "connected\n");
    record({.name = "Go client, guarded",
            .expected = "ends at 4 s, 3 probes; bare: waits",
            .seconds = seconds,
            .probes = sent,
            .error = "read: connection timed out"});
}

}  // namespace
}  // namespace kashim::test
