// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The client is gone without a word, and a server holds what it left behind: memory, a thread, a lock. The server runs
// twice, each with such a client. Both clients are cut off at the same moment; other clients go on and ask.
#include "wire/both_sides.h"
#include "wire/servers.h"
#include "wire/summary.h"

#include <gtest/gtest.h>

#include <string>

namespace kashim::test {
namespace {

template <typename AServer>
class Ghosts {
public:
    /// The preloaded server lets go within the budget after exactly three probes, and the bare one does not.
    void expect_only_preloaded_lets_go(Wire& wire, const std::string& evidence)
    {
        const std::uint16_t bare_client = bare.open_session();
        const std::uint16_t client = preloaded.open_session();
        ASSERT_TRUE(bare.holds_session());
        ASSERT_TRUE(preloaded.holds_session());

        const Stopwatch watch;
        const int probes = cut_silent(wire, {bare_client, client});
        // The kernel first: the next client that asks would be probed too, if it took longer than idle.
        EXPECT_TRUE(eventually([&] { return !established(preloaded.port(), client); }));
        const int sent = wire.probes() - probes;
        const bool gone = eventually([this] { return !preloaded.holds_session(); });
        const double seconds = watch.seconds();

        EXPECT_TRUE(gone);
        EXPECT_EQ(sent, 3);
        EXPECT_GT(seconds, kEarliest);
        EXPECT_LT(seconds, kLatest);
        EXPECT_TRUE(preloaded.process().running()) << preloaded.process().err();
        EXPECT_TRUE(bare.holds_session());
        EXPECT_TRUE(established(bare.port(), bare_client));
        record({.name = evidence,
                .expected = "session gone at 4 s, 3 probes; bare: held",
                .seconds = seconds,
                .probes = sent,
                .error = gone ? "session gone" : "session held"});
    }

    AServer bare;
    AServer preloaded{kFourSecondsForAll};
};

class DeadClientTest : public testing::Test {
protected:
    void SetUp() override { KASHIM_NEEDS_WIRE(wire_); }

    Wire wire_;
};

TEST_F(DeadClientTest, IsNoLongerInTheClientListOfRedis)
{
    KASHIM_NEEDS_SERVER(Redis);
    Ghosts<Redis>().expect_only_preloaded_lets_go(wire_, "redis-server, CLIENT LIST");
}

TEST_F(DeadClientTest, IsNoLongerAnActiveConnectionOfNginx)
{
    KASHIM_NEEDS_SERVER(Nginx);
    Ghosts<Nginx>().expect_only_preloaded_lets_go(wire_, "nginx, stub_status");
}

TEST_F(DeadClientTest, LosesItsSessionAndItsLockInPostgres)
{
    KASHIM_NEEDS_SERVER(Postgres);
    Ghosts<Postgres> postgres;
    postgres.expect_only_preloaded_lets_go(wire_, "PostgreSQL, pg_stat_activity");

    const std::string lock = "select pg_try_advisory_lock(1)";
    EXPECT_EQ(postgres.preloaded.ask(lock), "t\n");
    EXPECT_EQ(postgres.bare.ask(lock), "f\n");
    const std::string said = postgres.preloaded.process().err();
    EXPECT_NE(said.find("could not receive data from client: Connection timed out\n"), std::string::npos) << said;
}

TEST_F(DeadClientTest, LeavesNoProcessBehindInSshd)
{
    KASHIM_NEEDS_SERVER(Sshd);
    Ghosts<Sshd>().expect_only_preloaded_lets_go(wire_, "sshd, the command of the session");
}

TEST_F(DeadClientTest, LeavesNoTaskBehindInPythonsAsyncio)
{
    KASHIM_NEEDS_SERVER(PythonAsyncio);
    Ghosts<PythonAsyncio> python;
    python.expect_only_preloaded_lets_go(wire_, "python3 asyncio server, its sessions");
    EXPECT_EQ(python.preloaded.process().out(), "lost: Connection timed out\n");
    EXPECT_EQ(python.bare.process().out(), "");
}

TEST_F(DeadClientTest, GivesItsThreadBackToThePoolOfJava)
{
    KASHIM_NEEDS_SERVER(JavaThreadPool);
    Ghosts<JavaThreadPool> java;
    java.expect_only_preloaded_lets_go(wire_, "Java thread pool server, busy threads");
    EXPECT_EQ(java.preloaded.process().out(), "lost: Connection timed out\n");
    EXPECT_EQ(java.bare.process().out(), "");
}

}  // namespace
}  // namespace kashim::test
