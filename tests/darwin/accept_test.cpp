// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "program.h"

#include "shim/tune.h"

#include <netinet/tcp.h>

#include <cerrno>
#include <cstring>

namespace kashim::test {
namespace {

class DarwinAccept : public DarwinTest {};

TEST_F(DarwinAccept, EveryConnectionGetsTheRuleOfItsPortAndPeer)
{
    in_force("[[rule]]\ndirection = \"inbound\"\nport = 8080\npeer = \"198.51.100.0/24\"\nidle = 20\n"
             "user_timeout = \"auto\"\n");
    const int listener = xnu().listener(8080);
    xnu().arrives(listener, kClient);
    const int fd = accept(listener);
    EXPECT_EQ(xnu().taken_calls(), (Calls{"SO_KEEPALIVE=1", "TCP_KEEPALIVE=20", "TCP_KEEPINTVL=30", "TCP_KEEPCNT=5",
                                          "TCP_RXT_CONNDROPTIME=170"}));
    EXPECT_EQ(xnu()[fd].armed, 20);
    EXPECT_FALSE(xnu()[listener].keepalive);
    xnu().arrives(listener, kDatabase);
    accept(listener);
    EXPECT_EQ(xnu().taken_calls(), kBuiltIn);
}

TEST_F(DarwinAccept, TheTwinTakesTheSamePath)
{
    in_force("");
    const int listener = xnu().listener(8080);
    xnu().arrives(listener, kClient);
    EXPECT_GE(kashim_accept_nocancel(listener, nullptr, nullptr), 0);
    EXPECT_EQ(xnu().taken_calls(), kBuiltIn);
    EXPECT_EQ(xnu().entered, Calls{"accept$NOCANCEL"});
}

TEST_F(DarwinAccept, IdleIsSetAgainThoughTheListenerHadIt)
{
    // Interval and count come from the listener; they are the program's, and so is SO_KEEPALIVE. Idle and the
    // connection-drop time do not.
    in_force("[defaults]\nuser_timeout = \"45s\"\n");
    const int listener = xnu().listener(8080);
    XnuSocket& socket = xnu()[listener];
    socket.keepalive = true;
    socket.idle = 500;
    socket.interval = 50;
    socket.count = 3;
    socket.drop_time = 99;
    xnu().arrives(listener, kClient);
    const int fd = accept(listener);
    EXPECT_EQ(xnu().taken_calls(), (Calls{"TCP_KEEPALIVE=60", "TCP_RXT_CONNDROPTIME=45"}));
    EXPECT_EQ(xnu()[fd].interval, 50);
    EXPECT_EQ(xnu()[fd].count, 3);
}

TEST_F(DarwinAccept, AConnectionWhosePeerHasGoneIsPassedOnInSilence)
{
    in_force("");
    keep_log();
    const int listener = xnu().listener(8080);
    xnu().arrives(listener, kClient);
    xnu().reset_next_peer();
    errno = 77;
    EXPECT_GE(accept(listener), 0);
    EXPECT_EQ(errno, 77);
    EXPECT_EQ(xnu().taken_calls(), Calls{});
    EXPECT_EQ(log(), Calls{});
}

TEST_F(DarwinAccept, APeerThatGoesWhileOptionsAreSetIsNoRefusal)
{
    in_force("");
    keep_log();
    const int listener = xnu().listener(8080);
    xnu().arrives(listener, kClient);
    xnu().reset_peer_at_next_set();
    EXPECT_GE(accept(listener), 0);
    EXPECT_EQ(xnu().taken_calls(), Calls{"SO_KEEPALIVE=1 EINVAL"});
    for (const std::string& line : log())
        EXPECT_EQ(line.find("refused"), std::string::npos) << line;
}

TEST_F(DarwinAccept, AFailureIsPassedOnWithItsErrno)
{
    in_force("");
    const int listener = xnu().listener(8080);
    errno = 0;
    EXPECT_EQ(accept(listener), -1);
    EXPECT_EQ(errno, EWOULDBLOCK);
    EXPECT_EQ(accept(tcp()), -1);
    EXPECT_EQ(errno, EINVAL);
    EXPECT_EQ(xnu().taken_calls(), Calls{});
}

TEST_F(DarwinAccept, ErrnoIsAsTheKernelLeftIt)
{
    in_force("");
    const int listener = xnu().listener(8080);
    xnu().arrives(listener, kClient);
    errno = 77;
    EXPECT_GE(accept(listener), 0);
    EXPECT_EQ(errno, 77);
}

TEST_F(DarwinAccept, AClientOfTheSameLinkIsKnownByItsAddressWithoutTheInterface)
{
    in_force("[[rule]]\npeer = \"fe80::7\"\nidle = 20\n");
    const int listener = xnu().listener(8080, AF_INET6);
    xnu().arrives(listener, {policy::Address::ipv6(0xfe80'0000'0000'0000, 7), 40000});
    accept(listener);
    EXPECT_EQ(xnu().taken_calls().at(1), "TCP_KEEPALIVE=20");
}

TEST_F(DarwinAccept, TheAddressOfThePeerComesThrough)
{
    in_force("");
    const int listener = xnu().listener(8080);
    xnu().arrives(listener, kClient);
    Name name(kDatabase);
    EXPECT_GE(kashim_accept(listener, name.get(), &name.size), 0);
    sockaddr_in address{};
    std::memcpy(&address, name.get(), sizeof address);
    EXPECT_EQ(ntohs(address.sin_port), kClient.port);
}

XnuSocket inherited_connection()
{
    XnuSocket socket;
    socket.state = XnuSocket::State::established;
    socket.local_port = 23;
    socket.peer = kClient;
    return socket;
}

TEST_F(DarwinAccept, InetdsConnectionOnStandardInputGetsItsRule)
{
    in_force("[[rule]]\ndirection = \"inbound\"\nport = 23\nidle = 20\n");
    xnu().put(0, inherited_connection());
    shim::inherited_stdin();
    EXPECT_EQ(xnu().taken_calls()[1], "TCP_KEEPALIVE=20");
}

TEST_F(DarwinAccept, StandardInputThatFollowsATunedSysctlIsNobodysChoice)
{
    in_force("");
    xnu().sysctl("net.inet.tcp.keepidle", 600'000);
    xnu().put(0, inherited_connection());
    shim::inherited_stdin();
    EXPECT_EQ(xnu().taken_calls(), kBuiltIn);
}

TEST_F(DarwinAccept, StandardInputThatSomebodyHasTunedIsLeft)
{
    in_force("");
    XnuSocket socket = inherited_connection();
    socket.keepalive = true;
    xnu().put(0, socket);
    shim::inherited_stdin();
    EXPECT_EQ(xnu().taken_calls(), Calls{});
}

TEST_F(DarwinAccept, AnInheritedListenerIsNotTouchedAndItsConnectionsAre)
{
    in_force("");
    const int listener = xnu().listener(8080);
    shim::inherited(listener);
    EXPECT_EQ(xnu().taken_calls(), Calls{});
    xnu().arrives(listener, kClient);
    accept(listener);
    EXPECT_EQ(xnu().taken_calls(), kBuiltIn);
}

}  // namespace
}  // namespace kashim::test
