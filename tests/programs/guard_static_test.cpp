// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Programs without a C library that could be preloaded: Go makes its own system calls, busybox brings its library along.
#include "programs/guard.h"
#include "programs/loopback.h"
#include "programs/pipe.h"

namespace kashim::test {
namespace {

/// Go sets 15 s for both by itself on every connection, and leaves the count alone.
constexpr Values kGos{.keepalive = 1, .idle = 15, .interval = 15, .count = 9, .user_timeout = 0};

/// Its times, and what it left alone as our rule says: count 4, and "auto" is dead_after of what is in force.
constexpr Values kGosRespected{.keepalive = 1, .idle = 15, .interval = 15, .count = 4, .user_timeout = 75'000};

/// 15 is smaller than our 20, our 7 smaller than 15, and 15 + 7 x 4 is within our 48 s.
constexpr Values kGosCapped{.keepalive = 1, .idle = 15, .interval = 7, .count = 4, .user_timeout = 43'000};

class GuardStaticTest : public testing::Test {
protected:
    /// A Go client that the guard started.
    Values client_under(const std::string& app, const Values& wanted)
    {
        const Listener listener("127.0.0.1");
        const std::string policy = in_a_hurry(rule_for(outbound_to_port(listener.port()), app));
        Process guarded({.arguments = guard_started(directory_, policy,
                                                    {built("peer"), "client", std::to_string(listener.port())})});
        EXPECT_TRUE(guarded.says("connected\n"));
        const Values values = values_become(guarded.pid(), listener.port(), wanted);
        EXPECT_EQ(guarded.err(), "");
        return values;
    }

    /// A Go server that has run for a while, and a client of it.
    Values server_under(const std::string& app, const Values& wanted)
    {
        Process server({.arguments = {built("peer"), "server"}});
        EXPECT_TRUE(server.says(".\n"));
        const auto port = static_cast<std::uint16_t>(std::stoi(server.out().substr(std::string("listens on ").size())));
        Connection client = connect_to("127.0.0.1", port);
        client.send("hello");
        EXPECT_EQ(client.receive_until("hello"), "hello");
        const auto before = accepted_socket(server.pid(), port, client.local_port()).value().values;
        EXPECT_EQ(before, kGos);
        const std::string policy = in_a_hurry(rule_for(inbound_on_port(port), app));
        const Process guarding({.arguments = guard(directory_, policy, {std::to_string(server.pid())})});
        return accepted_values_become(server.pid(), port, client.local_port(), wanted);
    }

    const TempDir directory_;
};

#define KASHIM_NEEDS_GO KASHIM_NEEDS_BUILT("peer", "golang-go")

TEST_F(GuardStaticTest, AGoClientKeepsItsOwnTimesUnderRespectAndGetsWhatItLeftAlone)
{
    KASHIM_NEEDS_GO;
    EXPECT_EQ(client_under("respect", kGosRespected), kGosRespected);
}

TEST_F(GuardStaticTest, AGoClientIsCapped)
{
    KASHIM_NEEDS_GO;
    EXPECT_EQ(client_under("cap", kGosCapped), kGosCapped);
}

TEST_F(GuardStaticTest, AGoClientIsOverridden)
{
    KASHIM_NEEDS_GO;
    EXPECT_EQ(client_under("override", kRuled), kRuled);
}

TEST_F(GuardStaticTest, AGoServersConnectionsKeepTheirOwnTimesUnderRespect)
{
    KASHIM_NEEDS_GO;
    EXPECT_EQ(server_under("respect", kGosRespected), kGosRespected);
}

TEST_F(GuardStaticTest, AGoServersConnectionsAreCapped)
{
    KASHIM_NEEDS_GO;
    EXPECT_EQ(server_under("cap", kGosCapped), kGosCapped);
}

TEST_F(GuardStaticTest, AGoServersConnectionsAreOverridden)
{
    KASHIM_NEEDS_GO;
    EXPECT_EQ(server_under("override", kRuled), kRuled);
}

/// Why it needs a guard.
TEST_F(GuardStaticTest, APreloadDoesNotReachGo)
{
    KASHIM_NEEDS_GO;
    const Listener listener("127.0.0.1");
    Process client(
        {.arguments = {built("peer"), "client", std::to_string(listener.port())},
         .environment = preloaded_environment(directory_, rule_for(outbound_to_port(listener.port()), "override"))});
    ASSERT_TRUE(client.says("connected\n"));
    EXPECT_EQ(connected_socket(client.pid(), listener.port()).value().values, kGos);
}

TEST_F(GuardStaticTest, AStaticBusyboxNetcatGetsOurTimes)
{
    KASHIM_NEEDS("busybox");
    Listener listener("127.0.0.1");
    const std::string port = std::to_string(listener.port());
    Pipe keyboard;
    Process guarded({.arguments = guard_started(directory_, in_a_hurry(rule_for(outbound_to_port(listener.port()))),
                                                {debian_path("busybox"), "nc", "127.0.0.1", port}),
                     .descriptors = {{keyboard.read_end(), 0}}});
    Connection peer = listener.accept();
    keyboard.type("typed");
    EXPECT_EQ(peer.receive_until("typed"), "typed");
    EXPECT_EQ(values_become(guarded.pid(), listener.port(), kRuled), kRuled);
}

}  // namespace
}  // namespace kashim::test
