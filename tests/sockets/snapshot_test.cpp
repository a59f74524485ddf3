// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/snapshot.h"

#include "host/proc.h"
#include "sockets/child.h"
#include "sockets/ends.h"
#include "support/process.h"

#include <gtest/gtest.h>

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace kashim::test {
namespace {

using sockets::Held;
using sockets::Holder;
using sockets::Namespaces;
using sockets::Snapshot;
using sockets::TcpState;

void hold_a_connection(const Talk& talk)
{
    const Both both = connected_on("127.0.0.1");
    talk.say(both.client);
    talk.hear();
}

const Holder* holder_of(const Snapshot& snapshot, pid_t pid)
{
    const auto found = std::ranges::find(snapshot.holders, pid, [](const Holder& h) { return h.id.pid; });
    return found == snapshot.holders.end() ? nullptr : &*found;
}

TEST(LiveSnapshot, JoinsSocketsWithTheProcessThatHoldsThem)
{
    const Child child(hold_a_connection);
    const int client = child.hear_number();
    Namespaces namespaces;
    const Snapshot snapshot = sockets::take_snapshot(namespaces, {{child.pid()}});
    ASSERT_EQ(snapshot.holders.size(), 1u);
    const Holder& holder = snapshot.holders.front();
    EXPECT_EQ(holder.id, host::process(child.pid())->id);
    EXPECT_EQ(holder.user, geteuid());
    EXPECT_EQ(holder.facts.name, host::proc_name(getpid()));
    ASSERT_EQ(holder.sockets.size(), 3u);
    const auto held = std::ranges::find(holder.sockets, client, &Held::fd);
    ASSERT_NE(held, holder.sockets.end());
    EXPECT_EQ(held->socket->state, TcpState::established);
    EXPECT_EQ(held->network->id, sockets::namespace_of(child.pid()));
    EXPECT_TRUE(held->decides);
}

TEST(LiveSnapshot, TellsASocketOnceThatHasSeveralDescriptors)
{
    const Child child([](const Talk& talk) {
        const int fd = listen_on("127.0.0.1");
        dup2(fd, 98);
        dup2(fd, 99);
        talk.say(fd);
        talk.hear();
    });
    const int fd = child.hear_number();
    Namespaces namespaces;
    const Snapshot snapshot = sockets::take_snapshot(namespaces, {{child.pid()}});
    ASSERT_EQ(snapshot.holders.size(), 1u);
    ASSERT_EQ(snapshot.holders[0].sockets.size(), 1u);
    EXPECT_EQ(snapshot.holders[0].sockets[0].fd, fd);
}

TEST(LiveSnapshot, LetsOneOfSeveralHoldersDecide)
{
    const Child parent([](const Talk& talk) {
        listen_on("127.0.0.1");
        const pid_t heir = fork();
        if (heir == 0) {
            pause();
            _exit(0);
        }
        talk.say(heir);
        talk.hear();
        kill(heir, SIGKILL);
        talk.say("done");
    });
    const pid_t heir = parent.hear_number();
    Namespaces namespaces;
    const Snapshot snapshot = sockets::take_snapshot(namespaces, {{heir, parent.pid()}});
    const Holder* const older = holder_of(snapshot, parent.pid());
    const Holder* const younger = holder_of(snapshot, heir);
    ASSERT_TRUE(older != nullptr && younger != nullptr);
    EXPECT_TRUE(older->sockets.at(0).decides);
    EXPECT_FALSE(younger->sockets.at(0).decides);
    EXPECT_TRUE(sockets::take_snapshot(namespaces, {{heir}}).holders.at(0).sockets.at(0).decides)
        << "the only one chosen";
    parent.say("end");
    parent.hear();
}

TEST(LiveSnapshot, LetsTheOldestDecideButProcessOneLast)
{
    const auto started = [](pid_t pid, std::uint64_t start) { return host::ProcessId{pid, start}; };
    EXPECT_TRUE(sockets::decides_before(started(20, 5), started(10, 6)));
    EXPECT_TRUE(sockets::decides_before(started(10, 5), started(20, 5)));
    EXPECT_FALSE(sockets::decides_before(started(1, 0), started(20, 5))) << "socket activation";
    EXPECT_TRUE(sockets::decides_before(started(20, 5), started(1, 0)));
}

TEST(LiveSnapshot, NamesTheChosenThatAreGone)
{
    Child child(hold_a_connection);
    child.hear();
    const pid_t pid = child.pid();
    child.kill_and_wait();
    Namespaces namespaces;
    const Snapshot snapshot = sockets::take_snapshot(namespaces, {{pid}});
    EXPECT_EQ(snapshot.gone, std::vector<pid_t>{pid});
    EXPECT_TRUE(snapshot.holders.empty());
}

TEST(LiveSnapshot, SaysOnceWhyAProcessMayNotBeLookedAt)
{
    if (getuid() != 0)
        GTEST_SKIP() << "needs root";
    const Child child(hold_a_connection);
    child.hear();
    const std::string said = asked_as_nobody([&] {
        Namespaces namespaces;
        const Snapshot snapshot = sockets::take_snapshot(namespaces, {{child.pid()}});
        const Holder* const holder = holder_of(snapshot, child.pid());
        const bool one = snapshot.holders.size() == 1 && snapshot.unseen.empty() && holder->sockets.empty();
        return one && holder->refusal ? holder->refusal->sentence : "something else";
    });
    EXPECT_EQ(said,
              "process " + std::to_string(child.pid()) + " runs as user 0 (root), this command as user 65534 (nobody)");
}

TEST(LiveSnapshot, SaysThatAProcessIsHiddenAndNotThatItIsGone)
{
    if (getuid() != 0)
        GTEST_SKIP() << "needs root";
    const Child child(hold_a_connection);
    child.hear();
    const std::string said = asked_in_a_child([&]() -> std::string {
        if (unshare(CLONE_NEWNS) != 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            mount("proc", "/proc", "proc", 0, "hidepid=2") != 0)
            return "no such mount here";
        become_nobody();
        Namespaces namespaces;
        const Snapshot snapshot = sockets::take_snapshot(namespaces, {{child.pid()}});
        return snapshot.gone.empty() ? snapshot.holders.at(0).refusal->sentence : "gone";
    });
    EXPECT_EQ(said, "process " + std::to_string(child.pid()) + " is not shown in /proc (mounted with hidepid)");
}

TEST(LiveSnapshot, SeesIntoOtherNamespacesAndKnowsSocketsThatCameFromOurs)
{
    if (getuid() != 0)
        GTEST_SKIP() << "needs root";
    const Child child([](const Talk& talk) {
        listen_on("127.0.0.1");  // as from socket activation
        if (unshare(CLONE_NEWNET) != 0)
            return;
        listen_on("0.0.0.0");
        talk.say("ready");
        talk.hear();
    });
    child.hear();
    Namespaces namespaces;
    const Snapshot snapshot = sockets::take_snapshot(namespaces, {{child.pid()}});
    ASSERT_EQ(snapshot.networks.size(), 2u);
    EXPECT_EQ(snapshot.networks[0]->id, sockets::namespace_of(getpid()));
    ASSERT_EQ(snapshot.holders.size(), 1u);
    ASSERT_EQ(snapshot.holders[0].sockets.size(), 2u);
    EXPECT_EQ(snapshot.holders[0].sockets[0].network, snapshot.networks[0].get());
    EXPECT_EQ(snapshot.holders[0].sockets[1].network, snapshot.networks[1].get());
}

TEST(LiveSnapshot, OfEverybodyLeavesOutOurselvesAndFindsTheOthers)
{
    const int ours = listen_on("127.0.0.1");
    const Child child(hold_a_connection);
    child.hear();
    Namespaces namespaces;
    const Snapshot snapshot = sockets::take_snapshot(namespaces, {});
    EXPECT_EQ(holder_of(snapshot, getpid()), nullptr);
    EXPECT_NE(holder_of(snapshot, child.pid()), nullptr);
    const auto others = snapshot.without_holder();
    EXPECT_TRUE(std::ranges::any_of(others, [ours](const auto* s) { return s->inode == inode_of(ours); }));
    close(ours);
}

}  // namespace
}  // namespace kashim::test
