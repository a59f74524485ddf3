// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/apply.h"

#include "sockets/child.h"
#include "sockets/ends.h"
#include "sockets/written.h"
#include "support/process.h"
#include "support/values.h"

#include <gtest/gtest.h>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace kashim::test {
namespace {

using sockets::Applied;
using sockets::ApplyOptions;
using sockets::Namespaces;
using sockets::Present;
using sockets::ProcessResult;

const std::string kRuled = "idle = 20\ninterval = 7\ncount = 4\nuser_timeout = \"auto\"\n";
constexpr Values kRuledValues{.keepalive = 1, .idle = 20, .interval = 7, .count = 4, .user_timeout = 48'000};
constexpr Values kUntouched{};

std::string rule_for_port(int port, const std::string& more = "")
{
    return "[defaults]\nkeepalive = \"leave\"\n[[rule]]\nkeepalive = true\nport = " + std::to_string(port) + "\n" +
           kRuled + more;
}

/// A listener with a connection; tells their numbers and the port.
void hold_a_connection(const Talk& talk)
{
    const Both both = connected_on("127.0.0.1");
    talk.say(both.client);
    talk.say(both.server);
    talk.say(both.listener);
    talk.say(both.port);
    for (std::string order = talk.hear();; order = talk.hear()) {
        if (order == "close the client")
            close(both.client);
        if (order == "set times") {
            set_option(both.client, IPPROTO_TCP, TCP_KEEPIDLE, 300);
            set_option(both.client, IPPROTO_TCP, TCP_KEEPCNT, 2);
        }
        talk.say("done");
    }
}

struct Holding {
    explicit Holding(const Child& child)
        : client(child.hear_number()), server(child.hear_number()), listener(child.hear_number()),
          port(child.hear_number())
    {
    }
    int client, server, listener, port;
};

Applied apply_to(pid_t pid, const std::string& toml, const ApplyOptions& options = {})
{
    const Written written(toml);
    Namespaces namespaces;
    const sockets::Snapshot snapshot = sockets::take_snapshot(namespaces, {{pid}});
    return sockets::apply(snapshot, written.rules(), options);
}

ProcessResult only(const Applied& applied)
{
    EXPECT_EQ(applied.processes.size(), 1u);
    return applied.processes.at(0);
}

TEST(LiveApply, SetsWhatTheRulesSayAndNothingElse)
{
    const Child child(hold_a_connection);
    const Holding holding(child);
    const ProcessResult result = only(apply_to(child.pid(), rule_for_port(holding.port, "direction = \"outbound\"\n")));
    EXPECT_EQ(result.set, 1u);
    EXPECT_EQ(result.left_by_rule, 2u);
    ASSERT_EQ(result.changes.size(), 1u);
    EXPECT_EQ(result.changes[0].fd, holding.client);
    EXPECT_TRUE(result.changes[0].refused.empty());
    EXPECT_EQ(values_of(child.pid(), holding.client), kRuledValues);
    EXPECT_EQ(values_of(child.pid(), holding.server), kUntouched);
    EXPECT_EQ(values_of(child.pid(), holding.listener), kUntouched);
}

TEST(LiveApply, GivesTheListenerAndWhatItAcceptedTheirInboundRule)
{
    const Child child(hold_a_connection);
    const Holding holding(child);
    const ProcessResult result = only(apply_to(child.pid(), rule_for_port(holding.port, "direction = \"inbound\"\n")));
    EXPECT_EQ(result.set, 2u);
    EXPECT_EQ(values_of(child.pid(), holding.client), kUntouched);
    EXPECT_EQ(values_of(child.pid(), holding.server), kRuledValues);
    EXPECT_EQ(values_of(child.pid(), holding.listener), kRuledValues);
}

TEST(LiveApply, FindsNothingToDoTheSecondTime)
{
    const Child child(hold_a_connection);
    const Holding holding(child);
    for (const std::string app : {"respect", "cap", "override"}) {
        apply_to(child.pid(), "[defaults]\napp = \"" + app + "\"\n" + kRuled);
        const ProcessResult again = only(apply_to(child.pid(), "[defaults]\napp = \"" + app + "\"\n" + kRuled));
        EXPECT_EQ(again.set, 0u) << app;
        EXPECT_EQ(again.right, 3u) << app;
    }
    EXPECT_EQ(values_of(child.pid(), holding.client), kRuledValues);
}

TEST(LiveApply, LeavesToTheProgramWhatItSetAndFillsInTheRest)
{
    const Child child(hold_a_connection);
    const Holding holding(child);
    child.say("set times");
    child.hear();
    const std::string rules = rule_for_port(holding.port, "direction = \"outbound\"\n");
    EXPECT_EQ(only(apply_to(child.pid(), rules)).set, 1u);
    const Values mixed{.keepalive = 1, .idle = 300, .interval = 7, .count = 2, .user_timeout = 314'000};
    EXPECT_EQ(values_of(child.pid(), holding.client), mixed);

    const ProcessResult again = only(apply_to(child.pid(), rules));
    EXPECT_EQ(again.set, 0u);
    EXPECT_EQ(again.left_to_program, 1u);
    const auto left = std::ranges::find(again.left, holding.client, &sockets::SocketChange::fd);
    ASSERT_NE(left, again.left.end());
    EXPECT_TRUE(left->judgement.left_to_program().has(policy::Option::idle));
    EXPECT_TRUE(left->judgement.left_to_program().has(policy::Option::count));
    EXPECT_FALSE(left->judgement.left_to_program().has(policy::Option::interval));

    EXPECT_EQ(only(apply_to(child.pid(), rules, {.present = Present::ours})).set, 1u);
    EXPECT_EQ(values_of(child.pid(), holding.client), kRuledValues);
}

TEST(LiveApply, ListsInADryRunWhatItWouldDoAndDoesNothing)
{
    const Child child(hold_a_connection);
    const Holding holding(child);
    const ProcessResult result = only(apply_to(child.pid(), "[defaults]\n" + kRuled, {.dry_run = true}));
    EXPECT_EQ(result.set, 3u);
    ASSERT_EQ(result.changes.size(), 3u);
    EXPECT_EQ(result.changes[0].judgement.after.idle, policy::Seconds(20));
    for (const int fd : {holding.client, holding.server, holding.listener})
        EXPECT_EQ(values_of(child.pid(), fd), kUntouched);
}

TEST(LiveApply, CountsAsGoneWhatClosedAfterItWasListed)
{
    const Child child(hold_a_connection);
    const Holding holding(child);
    bool told = false;
    const ProcessResult result = only(apply_to(child.pid(), "[defaults]\n" + kRuled, {.before_taking = [&] {
                                                   if (!std::exchange(told, true)) {
                                                       child.say("close the client");
                                                       child.hear();
                                                   }
                                               }}));
    EXPECT_EQ(result.gone, 1u);
    EXPECT_EQ(result.set, 2u);
}

TEST(LiveApply, LeavesSharedSocketsToTheOneThatDecides)
{
    const Child parent([](const Talk& talk) {
        const int fd = listen_on("127.0.0.1");
        const pid_t heir = fork();
        if (heir == 0) {
            pause();
            _exit(0);
        }
        talk.say(heir);
        talk.say(fd);
        talk.hear();
        kill(heir, SIGKILL);
        talk.say("done");
    });
    const pid_t heir = parent.hear_number();
    const int fd = parent.hear_number();
    const Written written("[defaults]\n" + kRuled);
    Namespaces namespaces;
    const Applied applied =
        sockets::apply(sockets::take_snapshot(namespaces, {{parent.pid(), heir}}), written.rules(), {});
    ASSERT_EQ(applied.processes.size(), 2u);
    for (const ProcessResult& result : applied.processes) {
        EXPECT_EQ(result.set, result.id.pid == parent.pid() ? 1u : 0u);
        EXPECT_EQ(result.decided_elsewhere, result.id.pid == parent.pid() ? 0u : 1u);
    }
    EXPECT_EQ(values_of(heir, fd), kRuledValues);
    parent.say("end");
    parent.hear();
}

TEST(LiveApply, SaysOnceForAProcessWhyItsSocketsAreRefused)
{
    if (getuid() != 0)
        GTEST_SKIP() << "needs root";
    const Child child(hold_a_connection);
    const Holding holding(child);
    Namespaces namespaces;
    const sockets::Snapshot snapshot = sockets::take_snapshot(namespaces, {{child.pid()}});
    // Root has looked, nobody sets: as where Yama forbids taking but not looking.
    const std::string said = asked_as_nobody([&] {
        const Written written("[defaults]\n" + kRuled);
        const ProcessResult result = sockets::apply(snapshot, written.rules(), {}).processes.at(0);
        return result.refusal && result.not_taken.empty() ? result.refusal->sentence : std::string("no");
    });
    EXPECT_EQ(said,
              "process " + std::to_string(child.pid()) + " runs as user 0 (root), this command as user 65534 (nobody)");
    EXPECT_EQ(values_of(child.pid(), holding.client), kUntouched);
}

TEST(LiveApply, CountsTheTimeAlreadySilentAlsoWhereOnlyProbingWasOff)
{
    const Child child([](const Talk& talk) {
        const Both both = connected_on("127.0.0.1");
        set_option(both.client, IPPROTO_TCP, TCP_KEEPIDLE, 20);
        set_option(both.client, IPPROTO_TCP, TCP_KEEPINTVL, 7);
        set_option(both.client, IPPROTO_TCP, TCP_KEEPCNT, 4);
        set_option(both.client, IPPROTO_TCP, TCP_USER_TIMEOUT, 48000);
        talk.say(inode_of(both.client));
        talk.say(both.port);
        talk.hear();
    });
    const auto inode = static_cast<std::uint32_t>(std::stoul(child.hear()));
    const int port = child.hear_number();
    Namespaces namespaces;
    const auto socket = [&] {
        std::vector<sockets::Socket> sockets;
        namespaces.own().there->sock_diag().list(sockets, sockets::Detail::with_silence);
        return *std::ranges::find(sockets, inode, &sockets::Socket::inode);
    };
    EXPECT_TRUE(eventually([&] { return socket().silence >= std::chrono::milliseconds(1500); }));
    apply_to(child.pid(), rule_for_port(port, "direction = \"outbound\"\napp = \"override\"\n"));
    EXPECT_EQ(socket().timer.kind, sockets::Timer::Kind::keepalive);
    EXPECT_LE(socket().timer.expires, std::chrono::milliseconds(20'000 - 1400)) << "the clock did not start anew";
}

TEST(LiveApply, SetsAMultipathSocketWithItsSubflows)
{
    if (const int fd = socket(AF_INET, SOCK_STREAM, kMultipathTcp); fd < 0)
        GTEST_SKIP() << "this kernel has no Multipath TCP";
    else
        close(fd);
    const Child child([](const Talk& talk) {
        const Both both = connected_on("127.0.0.1", kMultipathTcp);
        talk.say(both.client);
        talk.hear();
    });
    const int client = child.hear_number();
    const std::string rules = "[defaults]\nidle = 20\ninterval = 7\ncount = 4\n";
    EXPECT_EQ(only(apply_to(child.pid(), rules)).set, 3u);
    const Values values = values_of(child.pid(), client);
    EXPECT_EQ(values.keepalive, 1);
    EXPECT_EQ(values.idle, 20);
    EXPECT_EQ(only(apply_to(child.pid(), rules)).right, 3u);
}

}  // namespace
}  // namespace kashim::test
