// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "program.h"

#include <netinet/tcp.h>

#include <cerrno>

namespace kashim::test {
namespace {

class DarwinWhoWins : public DarwinTest {};

TEST_F(DarwinWhoWins, RespectFillsOnlyWhatTheProgramLeftAlone)
{
    in_force("");
    const int fd = tcp();
    set(fd, IPPROTO_TCP, TCP_KEEPALIVE, 300);
    xnu().taken_calls();
    EXPECT_EQ(connect(fd, kDatabase), 0);
    EXPECT_EQ(xnu().taken_calls(), (Calls{"SO_KEEPALIVE=1", "TCP_KEEPINTVL=30", "TCP_KEEPCNT=5"}));
}

TEST_F(DarwinWhoWins, AProgramThatOnlySwitchesKeepaliveOnGetsOurTimes)
{
    in_force("");
    const int fd = tcp();
    set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    xnu().taken_calls();
    EXPECT_EQ(connect(fd, kDatabase), 0);
    EXPECT_EQ(xnu().taken_calls(), (Calls{"TCP_KEEPALIVE=60", "TCP_KEEPINTVL=30", "TCP_KEEPCNT=5"}));
}

TEST_F(DarwinWhoWins, ATunedSysctlIsNotTheProgramsChoice)
{
    in_force("");
    xnu().sysctl("net.inet.tcp.keepidle", 600'000);
    xnu().sysctl("net.inet.tcp.keepcnt", 4);
    EXPECT_EQ(connect(tcp(), kDatabase), 0);
    EXPECT_EQ(xnu().taken_calls(), kBuiltIn);
}

TEST_F(DarwinWhoWins, WhatTheProgramSetsLaterStaysUnderRespect)
{
    in_force("");
    const int fd = connection();
    EXPECT_EQ(set(fd, IPPROTO_TCP, TCP_KEEPALIVE, 300), 0);
    EXPECT_EQ(set(fd, SOL_SOCKET, SO_KEEPALIVE, 0), 0);
    EXPECT_EQ(xnu().taken_calls(), (Calls{"TCP_KEEPALIVE=300", "SO_KEEPALIVE=0"}));
}

TEST_F(DarwinWhoWins, OverridePutsOursBackAfterTheCallHasSucceeded)
{
    in_force("[defaults]\napp = \"override\"\n");
    const int fd = connection();
    EXPECT_EQ(set(fd, IPPROTO_TCP, TCP_KEEPALIVE, 300), 0);
    EXPECT_EQ(xnu().taken_calls(), (Calls{"TCP_KEEPALIVE=300", "TCP_KEEPALIVE=60"}));
    EXPECT_EQ(set(fd, SOL_SOCKET, SO_KEEPALIVE, 0), 0);
    EXPECT_EQ(xnu().taken_calls(), (Calls{"SO_KEEPALIVE=0", "SO_KEEPALIVE=1"}));
}

TEST_F(DarwinWhoWins, OverrideHoldsWhileANonBlockingConnectIsInProgress)
{
    in_force("[defaults]\napp = \"override\"\n");
    const int fd = tcp();
    xnu()[fd].nonblocking = true;
    EXPECT_EQ(connect(fd, kDatabase), -1);
    xnu().taken_calls();
    EXPECT_EQ(set(fd, IPPROTO_TCP, TCP_KEEPCNT, 2), 0);
    EXPECT_EQ(xnu().taken_calls(), (Calls{"TCP_KEEPCNT=2", "TCP_KEEPCNT=5"}));
}

TEST_F(DarwinWhoWins, BeforeThePeerIsKnownCallsPassThrough)
{
    in_force("[defaults]\napp = \"override\"\n");
    const int fd = tcp();
    EXPECT_EQ(set(fd, IPPROTO_TCP, TCP_KEEPALIVE, 300), 0);
    EXPECT_EQ(xnu().taken_calls(), Calls{"TCP_KEEPALIVE=300"});
    EXPECT_EQ(connect(fd, kDatabase), 0);
    EXPECT_EQ(xnu().taken_calls(), kBuiltIn);
}

TEST_F(DarwinWhoWins, AListenerKeepsWhatItsProgramSets)
{
    in_force("[defaults]\napp = \"override\"\n");
    const int listener = xnu().listener(8080);
    EXPECT_EQ(set(listener, IPPROTO_TCP, TCP_KEEPINTVL, 7), 0);
    EXPECT_EQ(xnu().taken_calls(), Calls{"TCP_KEEPINTVL=7"});
}

TEST_F(DarwinWhoWins, CapIsNeverLaterThanOurs)
{
    in_force("[defaults]\nidle = 60\ninterval = 15\ncount = 4\napp = \"cap\"\n");
    const int fd = tcp();
    set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(fd, IPPROTO_TCP, TCP_KEEPALIVE, 15);
    set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 15);
    set(fd, IPPROTO_TCP, TCP_KEEPCNT, 9);
    xnu().taken_calls();
    EXPECT_EQ(connect(fd, kDatabase), 0);
    EXPECT_EQ(xnu().taken_calls(), Calls{"TCP_KEEPCNT=7"});
    EXPECT_EQ(set(fd, IPPROTO_TCP, TCP_KEEPALIVE, 200), 0);
    EXPECT_EQ(xnu().taken_calls(), (Calls{"TCP_KEEPALIVE=200", "TCP_KEEPALIVE=60", "TCP_KEEPCNT=4"}));
}

TEST_F(DarwinWhoWins, AnAutomaticUserTimeoutFollowsTheProgram)
{
    in_force("[defaults]\nuser_timeout = \"auto\"\n");
    const int fd = connection();
    EXPECT_EQ(xnu()[fd].drop_time, 210);
    EXPECT_EQ(set(fd, IPPROTO_TCP, TCP_KEEPALIVE, 300), 0);
    EXPECT_EQ(xnu().taken_calls(), (Calls{"TCP_KEEPALIVE=300", "TCP_RXT_CONNDROPTIME=450"}));
    EXPECT_EQ(set(fd, SOL_SOCKET, SO_KEEPALIVE, 0), 0);
    EXPECT_EQ(xnu().taken_calls(), (Calls{"SO_KEEPALIVE=0", "TCP_RXT_CONNDROPTIME=0"}));
}

TEST_F(DarwinWhoWins, ErrnoIsAsTheKernelLeftIt)
{
    for (const char* const file : {"", "[defaults]\napp = \"override\"\n", "[defaults]\nuser_timeout = \"auto\"\n"}) {
        in_force(file);
        const int fd = connection();
        errno = 77;
        EXPECT_EQ(set(fd, IPPROTO_TCP, TCP_KEEPALIVE, 300), 0);
        EXPECT_EQ(errno, 77) << file;
    }
}

TEST_F(DarwinWhoWins, ACallThatFailsHasNoConsequencesAndTheKernelsErrno)
{
    in_force("[defaults]\napp = \"override\"\n");
    const int fd = connection();
    errno = 0;
    EXPECT_EQ(set(fd, IPPROTO_TCP, TCP_KEEPALIVE, -1), -1);
    EXPECT_EQ(errno, EINVAL);
    EXPECT_EQ(kashim_setsockopt(fd, IPPROTO_TCP, TCP_KEEPALIVE, nullptr, 4), -1);
    EXPECT_EQ(errno, EFAULT);
    EXPECT_EQ(xnu().taken_calls(), Calls{"TCP_KEEPALIVE=-1 EINVAL"});
}

TEST_F(DarwinWhoWins, AConnectionThatNobodySawBeginIsInboundOnAPortWhereWeAccepted)
{
    in_force("[[rule]]\ndirection = \"inbound\"\nport = 8080\nidle = 20\napp = \"override\"\n");
    const int listener = xnu().listener(8080);
    xnu().arrives(listener, kClient);
    const int seen = accept(listener);
    // dup() gave it another number.
    xnu().put(40, xnu()[seen]);
    xnu().taken_calls();
    EXPECT_EQ(set(40, IPPROTO_TCP, TCP_KEEPALIVE, 300), 0);
    EXPECT_EQ(xnu().taken_calls(), (Calls{"TCP_KEEPALIVE=300", "TCP_KEEPALIVE=20"}));
}

TEST_F(DarwinWhoWins, EveryDecisionIsInTheLog)
{
    in_force("[[rule]]\nname = \"database\"\nport = 5432\nuser_timeout = \"1500ms\"\napp = \"override\"\n");
    keep_log();
    const int fd = connection();
    set(fd, IPPROTO_TCP, TCP_KEEPALIVE, 300);
    EXPECT_EQ(log(), (Calls{"fd 3 to 192.0.2.7:5432, rule \"database\" at line 1: set keepalive=on idle=60s "
                            "interval=30s count=5 user_timeout=2000ms",
                            "fd 3 to 192.0.2.7:5432, rule \"database\" at line 1: the program set idle=300s; set "
                            "idle=60s"}));
}

}  // namespace
}  // namespace kashim::test
