// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/namespaces.h"

#include "sockets/child.h"
#include "sockets/ends.h"
#include "support/process.h"

#include <gtest/gtest.h>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

namespace kashim::test {
namespace {

using sockets::Namespaces;
using sockets::Socket;

constexpr const char* kIdleTime = "/proc/sys/net/ipv4/tcp_keepalive_time";

// A network of its own with a listener; sets the sysctl to what it hears.
void live_apart(const Talk& talk)
{
    if (unshare(CLONE_NEWNET) != 0)
        return;
    talk.say(port_of(listen_on("0.0.0.0")));
    for (;;) {
        write_file(kIdleTime, talk.hear());
        talk.say("done");
    }
}

// What a container without privileges does, run by nobody: users, network and mounts of its own.
void live_in_a_container(const Talk& talk)
{
    become_nobody();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) != 0)
        return;
    talk.say(port_of(listen_on("0.0.0.0")));
    talk.hear();
}

bool lists_port(sockets::Namespace& there, std::uint16_t port)
{
    std::vector<Socket> sockets;
    EXPECT_EQ(there.sock_diag().list(sockets, sockets::Detail::plain), 0);
    return std::ranges::any_of(sockets, [port](const Socket& socket) { return socket.local.port == port; });
}

class LiveNamespaces : public testing::Test {
protected:
    void SetUp() override
    {
        if (getuid() != 0)
            GTEST_SKIP() << "needs root";
    }
};

TEST_F(LiveNamespaces, AreEnteredOnceAndWithoutATraceInTheCaller)
{
    const auto ours = sockets::namespace_of(getpid());
    const Child child(live_apart);
    const auto port = static_cast<std::uint16_t>(child.hear_number());
    Namespaces namespaces;
    const Namespaces::Entered entered = namespaces.of(child.pid());
    ASSERT_NE(entered.there, nullptr) << entered.refusal->sentence;
    EXPECT_EQ(entered.there->id(), sockets::namespace_of(child.pid()));
    EXPECT_NE(entered.there->id(), ours);
    EXPECT_TRUE(lists_port(*entered.there, port));
    EXPECT_EQ(namespaces.of(child.pid()).there, entered.there);
    EXPECT_EQ(sockets::namespace_of(getpid()), ours);
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), 0) << "the helper was waited for";
}

TEST_F(LiveNamespaces, TellWhatASocketShowsThereThatNobodyHasTouchedAlsoWhenThatChanges)
{
    const Child child(live_apart);
    child.hear();
    child.say("611");
    child.hear();
    Namespaces namespaces;
    sockets::Namespace* const there = namespaces.of(child.pid()).there;
    ASSERT_NE(there, nullptr);
    EXPECT_EQ(there->untouched().idle, policy::Seconds(611));
    EXPECT_EQ(there->untouched().interval, policy::Seconds(75));
    child.say("1234");
    child.hear();
    EXPECT_EQ(there->untouched().idle, policy::Seconds(1234));
}

TEST_F(LiveNamespaces, OfAnUnprivilegedContainerAreEnteredByRoot)
{
    const Child child(live_in_a_container);
    const auto port = static_cast<std::uint16_t>(child.hear_number());
    Namespaces namespaces;
    const Namespaces::Entered entered = namespaces.of(child.pid());
    ASSERT_NE(entered.there, nullptr) << entered.refusal->sentence;
    EXPECT_TRUE(lists_port(*entered.there, port));
}

TEST_F(LiveNamespaces, OfAnUnprivilegedContainerAreEnteredByTheUserWhoStartedIt)
{
    const Child child(live_in_a_container);
    const auto port = static_cast<std::uint16_t>(child.hear_number());
    const std::string said = asked_as_nobody([&] {
        Namespaces namespaces;
        const Namespaces::Entered entered = namespaces.of(child.pid());
        if (entered.there == nullptr)
            return entered.refusal->sentence;
        return std::string(lists_port(*entered.there, port) ? "entered" : "not there");
    });
    EXPECT_EQ(said, "entered");
}

TEST_F(LiveNamespaces, OfOtherUsersAreRefusedWithTheReason)
{
    const Child child([](const Talk& talk) {
        // Root's network, but nobody's process: everything may be seen, entering takes CAP_SYS_ADMIN.
        if (unshare(CLONE_NEWNET) != 0)
            return;
        become_nobody();
        talk.say("ready");
        talk.hear();
    });
    child.hear();
    const std::string said = asked_as_nobody([&] {
        Namespaces namespaces;
        const Namespaces::Entered entered = namespaces.of(child.pid());
        return entered.there != nullptr ? "entered" : entered.refusal->sentence;
    });
    EXPECT_EQ(said, "process " + std::to_string(child.pid()) +
                        " lives in a network namespace that this command may not enter");
}

TEST_F(LiveNamespaces, AreLeftWhenNobodyWantsThem)
{
    Namespaces namespaces;
    sockets::NamespaceId first{};
    {
        const Child child(live_apart);
        child.hear();
        first = namespaces.of(child.pid()).there->id();
        namespaces.own();
        EXPECT_EQ(namespaces.size(), 2u);
    }
    EXPECT_NE(namespaces.find(first), nullptr);
    const std::vector<sockets::NamespaceId> wanted{namespaces.own().there->id()};
    namespaces.keep_only(wanted);
    EXPECT_EQ(namespaces.size(), 1u);
    EXPECT_EQ(namespaces.find(first), nullptr);
}

TEST_F(LiveNamespaces, OfAProcessThatEndedAreGone)
{
    Child child(live_apart);
    child.hear();
    const pid_t pid = child.pid();
    child.kill_and_wait();
    Namespaces namespaces;
    const Namespaces::Entered entered = namespaces.of(pid);
    ASSERT_TRUE(entered.refusal);
    EXPECT_EQ(entered.refusal->why, sockets::Refusal::Why::gone);
}

}  // namespace
}  // namespace kashim::test
