// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "preload.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kashim::test {
namespace {

class OtherSockets : public Preload {
protected:
    /// The rule that has most to do with every connection.
    static std::string nosy()
    {
        return rule("peer = [\"127.0.0.0/8\", \"::1\"]", "idle = 12\nuser_timeout = \"auto\"\napp = \"override\"") +
               rule("direction = \"inbound\"\npeer = \"127.0.0.2\"", "idle = 13");
    }

    void expect_same_calls(std::vector<std::string> arguments)
    {
        arguments.insert(arguments.begin(), "mark");
        EXPECT_EQ(names(traced(nosy(), arguments)), names(traced_bare(arguments)));
        steps(nosy(), arguments);
    }
};

TEST_F(OtherSockets, UnixSocketsAreLeftAlone)
{
    const std::string path = folder() / "socket";
    expect_same_calls({"unix l", "bind-unix l " + path, "listen l", "unix c", "connect-unix c " + path, "accept a l",
                       "set c keepalive 1", "get c keepalive", "get a keepalive", "open f " + path + ".file"});
    ::unlink(path.c_str());
    expect_same_calls({"unix-datagrams d", "bind-unix d " + path, "unix-datagrams e", "connect-unix e " + path,
                       "pair f g", "get f keepalive"});
    ::unlink(path.c_str());
}

TEST_F(OtherSockets, APairOfUnixSocketsIsAskedAtMostOnceWhatItIsAndNeverSet)
{
    const std::vector<Call> calls = traced(nosy(), {"pair f g", "mark", "set g keepalive 1"});
    EXPECT_EQ(count(calls, "setsockopt"), 1);
    EXPECT_LE(count(calls, "getsockopt"), 1);
    steps(nosy(), {"pair f g", "set g keepalive 1", "get g keepalive", "set g keepalive 0", "get g keepalive"});
}

TEST_F(OtherSockets, UdpSocketsAreLeftAlone)
{
    const Peer peer;
    expect_same_calls({"udp a", "bind a 0", "get a keepalive", "udp6 b", "close b"});
    const std::vector<std::string> connecting{"udp a",        to("connect a", peer.port()),     "get a keepalive",
                                              "disconnect a", to("connect a", peer.port() + 1), "get a keepalive"};
    steps(nosy(), connecting);
}

TEST_F(OtherSockets, AConnectedUdpSocketIsAskedAtMostOnceAConnectAndNeverSet)
{
    const Peer peer;
    const std::vector<Call> calls = traced(nosy(), {"udp a", "mark", to("connect a", peer.port())});
    EXPECT_EQ(count(calls, "setsockopt"), 0);
    EXPECT_LE(count(calls, "getsockopt"), 1);
    EXPECT_EQ(calls.size(), 1u + static_cast<unsigned>(count(calls, "getsockopt")));
}

TEST_F(OtherSockets, AUdpSocketThatTheProgramSetsKeepaliveOnIsAskedAtMostOnceAndKeepsIt)
{
    const std::vector<Call> calls = traced(nosy(), {"udp a", "mark", "set a keepalive 1"});
    EXPECT_EQ(count(calls, "setsockopt"), 1);
    EXPECT_LE(count(calls, "getsockopt"), 1);
    steps(nosy(), {"udp a", "set a keepalive 1", "get a keepalive", "set a keepalive 0", "get a keepalive"});
}

TEST_F(OtherSockets, RawSocketsAreLeftAlone)
{
    const int probe = ::socket(AF_INET, SOCK_RAW, IPPROTO_TCP);
    if (probe < 0)
        GTEST_SKIP() << "raw sockets need a privilege";
    ::close(probe);
    expect_same_calls({"raw a", "get a keepalive", "set a keepalive 1", "get a keepalive"});
    steps(nosy(), {"raw a", "connect a 0", "get a keepalive"});
}

TEST_F(OtherSockets, NetlinkSocketsAreLeftAlone)
{
    expect_same_calls({"netlink a", "get a keepalive"});
}

TEST_F(OtherSockets, SctpAndVsockSocketsAreLeftAloneWhereTheKernelHasThem)
{
    expect_same_calls({"sctp a", "get a keepalive", "vsock b", "get b keepalive"});
}

TEST_F(OtherSockets, SettingOtherOptionsCostsNothing)
{
    const Peer peer;
    const std::vector<std::string> arguments{"tcp a", to("connect a", peer.port()), "mark", "set a nodelay 1",
                                             "set a nothing 1"};
    EXPECT_EQ(names(traced(nosy(), arguments)), names(traced_bare(arguments)));
}

TEST_F(OtherSockets, TcpSocketsOfAProgramThatIsRespectedCostNothingAtSetsockopt)
{
    const Peer peer;
    const std::vector<std::string> arguments{"tcp a", to("connect a", peer.port()), "mark", "set a idle 9",
                                             "set a keepalive 0"};
    EXPECT_EQ(names(traced("", arguments)), names(traced_bare(arguments)));
}

TEST_F(OtherSockets, ConnectCostsNothingWhereTheBaseIsTheRuleOfEveryPeer)
{
    const Peer peer;
    const std::vector<std::string> arguments{"tcp a", "mark", to("connect a", peer.port())};
    EXPECT_EQ(names(traced("", arguments)), names(traced_bare(arguments)));
}

}  // namespace
}  // namespace kashim::test
