// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "program.h"

#include <netinet/tcp.h>

#include <cerrno>
#include <cstring>

namespace kashim::test {
namespace {

class DarwinConnect : public DarwinTest {};

TEST_F(DarwinConnect, TheRuleIsSetBeforeTheKernelConnectsKeepaliveFirst)
{
    in_force("[[rule]]\nport = 5432\nidle = 20\ninterval = 5\ncount = 3\nuser_timeout = \"45s\"\n");
    xnu().refuse_next_connect(EHOSTUNREACH);
    const int fd = tcp();
    EXPECT_EQ(connect(fd, kDatabase), -1);
    const Calls calls = xnu().taken_calls();
    ASSERT_GE(calls.size(), 5u);  // the rest takes it back
    EXPECT_EQ(Calls(calls.begin(), calls.begin() + 5), (Calls{"SO_KEEPALIVE=1", "TCP_KEEPALIVE=20", "TCP_KEEPINTVL=5",
                                                              "TCP_KEEPCNT=3", "TCP_RXT_CONNDROPTIME=45"}));
}

TEST_F(DarwinConnect, TheFirstProbeComesAfterOurIdleNotAfterTwoHours)
{
    in_force("");
    const int fd = connection();
    EXPECT_TRUE(xnu()[fd].keepalive);
    EXPECT_EQ(xnu()[fd].armed, 60);
}

TEST_F(DarwinConnect, NothingIsSetWithoutAConfiguration)
{
    EXPECT_EQ(connect(tcp(), kDatabase), 0);
    EXPECT_EQ(xnu().taken_calls(), Calls{});
}

TEST_F(DarwinConnect, NothingIsSetAtSocketOrListen)
{
    // There are no such hooks: a program that listens comes to us at accept at the earliest.
    in_force("");
    tcp();
    const int listener = xnu().listener(8080);
    EXPECT_EQ(xnu().taken_calls(), Calls{});
    EXPECT_FALSE(xnu()[listener].keepalive);
}

TEST_F(DarwinConnect, TheTwinsAndConnectxTakeTheSamePath)
{
    in_force("");
    const Name name(kDatabase);
    EXPECT_EQ(kashim_connect(tcp(), name.get(), name.size), 0);
    EXPECT_EQ(xnu().taken_calls(), kBuiltIn);
    EXPECT_EQ(kashim_connect_nocancel(tcp(), name.get(), name.size), 0);
    EXPECT_EQ(xnu().taken_calls(), kBuiltIn);
    const sa_endpoints_t endpoints{0, nullptr, 0, name.get(), name.size};
    EXPECT_EQ(kashim_connectx(tcp(), &endpoints, 0, 0, nullptr, 0, nullptr, nullptr), 0);
    EXPECT_EQ(xnu().taken_calls(), kBuiltIn);
    EXPECT_EQ(kashim_connectx(tcp(), &endpoints, 0, CONNECT_RESUME_ON_READ_WRITE | CONNECT_DATA_IDEMPOTENT, nullptr, 0,
                              nullptr, nullptr),
              0);
    EXPECT_EQ(xnu().taken_calls(), kBuiltIn);
    EXPECT_EQ(xnu().entered, (Calls{"connect", "connect$NOCANCEL", "connectx", "connectx"}));
}

TEST_F(DarwinConnect, TheRuleIsChosenByThePeersAddressAndPort)
{
    in_force("[[rule]]\npeer = \"2001:db8::/32\"\nidle = 11\n[[rule]]\nport = 5432\nidle = 12\n");
    EXPECT_EQ(connect(tcp(AF_INET6), kDatabase6), 0);
    EXPECT_EQ(xnu().taken_calls()[1], "TCP_KEEPALIVE=11");
    EXPECT_EQ(connect(tcp(), kDatabase), 0);
    EXPECT_EQ(xnu().taken_calls()[1], "TCP_KEEPALIVE=12");
    EXPECT_EQ(connect(tcp(), {kDatabase.address, 80}), 0);
    EXPECT_EQ(xnu().taken_calls()[1], "TCP_KEEPALIVE=60");
}

TEST_F(DarwinConnect, AnAddressWithoutAFamilyIsIPv4AsForTheKernel)
{
    in_force("[[rule]]\nport = 5432\nidle = 12\n");
    Name name(kDatabase);
    name.get()->sa_family = AF_UNSPEC;
    EXPECT_EQ(kashim_connect(tcp(), name.get(), name.size), 0);
    EXPECT_EQ(xnu().taken_calls()[1], "TCP_KEEPALIVE=12");
}

TEST_F(DarwinConnect, ThisMachineBelongsToTheRuleOfTheLoopback)
{
    in_force("[[rule]]\npeer = \"127.0.0.0/8\"\nidle = 12\n[[rule]]\npeer = \"::1\"\nidle = 13\n");
    EXPECT_EQ(connect(tcp(), {policy::Address::ipv4(0), 80}), 0);
    EXPECT_EQ(xnu().taken_calls()[1], "TCP_KEEPALIVE=12");
    EXPECT_EQ(connect(tcp(AF_INET6), {policy::Address::ipv6(0, 0), 80}), 0);
    EXPECT_EQ(xnu().taken_calls()[1], "TCP_KEEPALIVE=13");
}

TEST_F(DarwinConnect, UserTimeoutsAreRoundedUpToWholeSeconds)
{
    in_force("[defaults]\nuser_timeout = \"1500ms\"\n");
    const int fd = tcp();
    EXPECT_EQ(connect(fd, kDatabase), 0);
    EXPECT_EQ(xnu().taken_calls().back(), "TCP_RXT_CONNDROPTIME=2");
    // What was rounded is not taken for the program's: it follows, and is not set again.
    EXPECT_EQ(connect(fd, kDatabase), -1);
    EXPECT_EQ(xnu().taken_calls(), Calls{});
}

TEST_F(DarwinConnect, TheLongestUserTimeoutIsKept)
{
    in_force("[defaults]\nuser_timeout = \"2147483647ms\"\napp = \"cap\"\n");
    const int fd = tcp();
    EXPECT_EQ(connect(fd, kDatabase), 0);
    EXPECT_EQ(xnu().taken_calls().back(), "TCP_RXT_CONNDROPTIME=2147484");
    EXPECT_EQ(set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 10), 0);
    EXPECT_EQ(xnu().taken_calls(), Calls{"TCP_KEEPINTVL=10"});
}

TEST_F(DarwinConnect, AUserTimeoutThatIsOffIsNotSet)
{
    in_force("");
    EXPECT_EQ(connect(tcp(), kDatabase), 0);
    EXPECT_EQ(xnu().taken_calls(), kBuiltIn);
}

TEST_F(DarwinConnect, ANonBlockingConnectKeepsItsResultAndErrno)
{
    in_force("");
    const int fd = tcp();
    xnu()[fd].nonblocking = true;
    errno = 0;
    EXPECT_EQ(connect(fd, kDatabase), -1);
    EXPECT_EQ(errno, EINPROGRESS);
    EXPECT_EQ(xnu().taken_calls(), kBuiltIn);
    EXPECT_TRUE(xnu()[fd].keepalive);
    // Asking again is how some programs wait.
    EXPECT_EQ(connect(fd, kDatabase), -1);
    EXPECT_EQ(errno, EALREADY);
    EXPECT_EQ(xnu().taken_calls(), Calls{});
}

TEST_F(DarwinConnect, ASocketThatGotNoConnectionIsAsItWasBefore)
{
    in_force("[defaults]\nuser_timeout = \"45s\"\n");
    const int fd = tcp();
    const int interval = 11;
    xnu().setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    xnu().refuse_next_connect(ENETUNREACH);
    errno = 0;
    EXPECT_EQ(connect(fd, kDatabase), -1);
    EXPECT_EQ(errno, ENETUNREACH);
    // It may become a listener, and one with keepalive is closed by the kernel.
    EXPECT_FALSE(xnu()[fd].keepalive);
    EXPECT_EQ(xnu()[fd].idle, 0);  // unset
    EXPECT_EQ(xnu()[fd].interval, 11);
    EXPECT_EQ(xnu()[fd].count, 0);
    EXPECT_EQ(xnu()[fd].drop_time, 0);
    // The next peer finds the program's choice, and ours nowhere.
    xnu().taken_calls();
    EXPECT_EQ(connect(fd, kDatabase), 0);
    EXPECT_EQ(xnu().taken_calls(),
              (Calls{"SO_KEEPALIVE=1", "TCP_KEEPALIVE=60", "TCP_KEEPCNT=5", "TCP_RXT_CONNDROPTIME=45"}));
}

TEST_F(DarwinConnect, WhatTheKernelRefusesChangesNothingForTheProgramAndIsSaid)
{
    in_force("");
    keep_log();
    xnu().refuse(TCP_KEEPALIVE, EPERM);
    errno = 77;
    EXPECT_EQ(connect(tcp(), kDatabase), 0);
    EXPECT_EQ(errno, 77);
    EXPECT_EQ(xnu().taken_calls(),
              (Calls{"SO_KEEPALIVE=1", "TCP_KEEPALIVE=60 EPERM", "TCP_KEEPINTVL=30", "TCP_KEEPCNT=5"}));
    EXPECT_EQ(log(), Calls{"fd 3 to 192.0.2.7:5432, built-in defaults: set keepalive=on interval=30s count=5 "
                           "user_timeout=off; the kernel refused idle=60s (EPERM)"});
}

TEST_F(DarwinConnect, ErrnoIsAsTheKernelLeftIt)
{
    in_force("");
    const Name name(kDatabase);
    const sa_endpoints_t endpoints{0, nullptr, 0, name.get(), name.size};
    errno = 77;
    EXPECT_EQ(kashim_connectx(tcp(), &endpoints, 0, 0, nullptr, 0, nullptr, nullptr), 0);
    EXPECT_EQ(errno, 77);
    EXPECT_EQ(kashim_connect(tcp(), name.get(), name.size), 0);
    EXPECT_EQ(errno, 77);
}

TEST_F(DarwinConnect, AConnectThatASignalInterruptsGoesOnAndKeepsItsRule)
{
    in_force("");
    xnu().refuse_next_connect(EINTR);
    const int fd = tcp();
    EXPECT_EQ(connect(fd, kDatabase), -1);
    EXPECT_EQ(xnu().taken_calls(), kBuiltIn);
}

TEST_F(DarwinConnect, WrongArgumentsGetTheKernelsOwnErrors)
{
    in_force("");
    const int fd = tcp();
    const auto* const nowhere = reinterpret_cast<const sockaddr*>(std::uintptr_t{8});
    errno = 0;
    EXPECT_EQ(kashim_connect(fd, nullptr, 16), -1);
    EXPECT_EQ(errno, EINVAL);
    EXPECT_EQ(kashim_connect(99, Name(kDatabase).get(), 16), -1);
    EXPECT_EQ(errno, EBADF);
    EXPECT_EQ(kashim_connectx(fd, nullptr, 0, 0, nullptr, 0, nullptr, nullptr), -1);
    EXPECT_EQ(errno, EINVAL);
    EXPECT_EQ(kashim_connectx(fd, reinterpret_cast<const sa_endpoints_t*>(nowhere), 0, 0, nullptr, 0, nullptr, nullptr),
              -1);
    EXPECT_EQ(errno, EFAULT);
    EXPECT_EQ(xnu().taken_calls(), Calls{});
}

TEST_F(DarwinConnect, AConnectionKeepsTheRuleOfItsPeerWhateverIsTriedLater)
{
    in_force("[[rule]]\nport = 80\nidle = 12\napp = \"override\"\n");
    const int fd = connection();
    errno = 0;
    EXPECT_EQ(connect(fd, {kDatabase.address, 80}), -1);
    EXPECT_EQ(errno, EISCONN);
    EXPECT_EQ(xnu().taken_calls(), Calls{});
}

TEST_F(DarwinConnect, AListenerIsLeftAloneWhenItIsConnected)
{
    in_force("");
    const int listener = xnu().listener(8080);
    errno = 0;
    EXPECT_EQ(connect(listener, kDatabase), -1);
    EXPECT_EQ(errno, EOPNOTSUPP);
    EXPECT_EQ(xnu().taken_calls(), Calls{});
}

TEST_F(DarwinConnect, WorksInASandboxThatHidesProcessInformation)
{
    in_force("");
    xnu().hide_process_information();
    EXPECT_EQ(connect(tcp(), kDatabase), 0);
    EXPECT_EQ(xnu().taken_calls(), kBuiltIn);
    // Nor that it is on the way to a peer: asking again is not being refused.
    const int waiting = tcp();
    xnu()[waiting].nonblocking = true;
    EXPECT_EQ(connect(waiting, kDatabase), -1);
    EXPECT_EQ(connect(waiting, kDatabase), -1);
    EXPECT_EQ(errno, EALREADY);
    EXPECT_TRUE(xnu()[waiting].keepalive);
    // Nobody tells that it listens: what was set is taken back.
    const int listener = xnu().listener(8080);
    EXPECT_EQ(connect(listener, kDatabase), -1);
    EXPECT_FALSE(xnu()[listener].keepalive);
}

}  // namespace
}  // namespace kashim::test
