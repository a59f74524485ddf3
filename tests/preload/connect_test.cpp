// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "preload.h"

namespace kashim::test {
namespace {

class Connect : public Preload {};

constexpr Values kFirst{.keepalive = 1, .idle = 11, .interval = 3, .count = 2, .user_timeout = 0};
constexpr Values kSecond{.keepalive = 1, .idle = 22, .interval = 4, .count = 7, .user_timeout = 21000};

constexpr std::string_view kSecondText = "idle = 22\ninterval = 4\ncount = 7\nuser_timeout = \"21s\"\n";

/// Different values for each of two peers.
std::string two_rules(int first_port, int second_port, const std::string& more = {})
{
    return rule_for_port(first_port, "idle = 11\ninterval = 3\ncount = 2\n" + more) +
           rule_for_port(second_port, std::string(kSecondText) + more);
}

constexpr std::string_view kEverythingDependsOnThePeer =
    "[[rule]]\nport = [5432, \"6000-6010\"]\nidle = 11\n[[rule]]\npeer = \"127.0.0.0/8\"\nidle = 22\n";

TEST_F(Connect, ASocketHasTheBuiltInTimesAsSoonAsItIsMade)
{
    const Result result = steps("", {"tcp a", "show a", "tcp-named b", "show b", "tcp6 c", "show c"});
    EXPECT_EQ(values(result, "a"), kBuiltIn);
    EXPECT_EQ(values(result, "b"), kBuiltIn);
    EXPECT_EQ(values(result, "c"), kBuiltIn);
}

TEST_F(Connect, UnderOnePolicyAConnectionCostsTheOptionsThemselvesAndNothingElse)
{
    const Peer peer;
    const std::vector<std::string> program{"mark", "tcp a", to("connect a", peer.port()), "tcp b",
                                           to("connect b", peer.port())};
    std::vector<std::string> expected = names(traced_bare(program));
    ASSERT_GE(expected.size(), 4u);
    for (auto at = expected.begin(); at != expected.end(); ++at) {
        if (*at == "socket")
            at = expected.insert(at + 1, 4, "setsockopt") + 3;
    }
    EXPECT_EQ(names(traced("[defaults]\nidle = 11\ninterval = 3\ncount = 4\n", program)), expected);
}

TEST_F(Connect, ARuleThatDiffersInOneOptionAsksAndSetsNoOther)
{
    const Peer peer;
    const std::vector<Call> calls =
        traced(rule(to("port =", peer.port()), "interval = 3"), {"tcp a", "mark", to("connect a", peer.port())});
    // Whether the address can be read; interval; idle, because a socket that has none is not TCP.
    EXPECT_EQ(names(calls),
              (std::vector<std::string>{"getsockopt", "getsockopt", "getsockopt", "setsockopt", "connect"}));
}

TEST_F(Connect, TheRuleOfThePeersPortIsInForceAfterConnect)
{
    const Peer first, second;
    const Result result =
        steps(two_rules(first.port(), second.port()), {"tcp a", to("connect a", first.port()), "show a",  //
                                                       "tcp b", to("connect b", second.port()), "show b"});
    EXPECT_EQ(values(result, "a"), kFirst);
    EXPECT_EQ(values(result, "b"), kSecond);
}

TEST_F(Connect, AnAcceptedSocketThatIsDissolvedGetsTheRuleOfItsNextPeer)
{
    const Peer first;
    const std::uint16_t port = free_port();
    const Result result =
        steps(rule("direction = \"inbound\"\n" + to("port =", port), "idle = 99") + two_rules(first.port(), 1),
              {"tcp l", to("bind l", port), "listen l", "tcp c", "connect c @l", "accept a l", "disconnect a",
               to("connect a", first.port()), "show a"});
    EXPECT_EQ(values(result, "a"), kFirst);
}

TEST_F(Connect, AConnectThatFinishesTheOneUnderWayLeavesItsRule)
{
    const Peer second;
    // The queue of l is full, so a stays under way until "accept"; "connect a" then waits for it, whatever it names.
    const std::uint16_t port = free_port();
    const Result result = steps(two_rules(port, second.port()),
                                {"tcp l", to("bind l", port), "listen l 0", "tcp x", "connect x @l", "tcp-flags a",
                                 "connect a @l", "accept y l", "blocking a", to("connect a", second.port()), "show a"});
    EXPECT_EQ(values(result, "a"), kFirst);
}

TEST_F(Connect, ARuleForAnIpv4NetworkAlsoMeansItsMappedAddresses)
{
    const Peer peer;
    const Result result = steps(rule("peer = \"127.0.0.0/8\"", "idle = 11\ninterval = 3\ncount = 2"),
                                {"tcp6 a", to("connect a", peer.port()) + " ::ffff:127.0.0.1", "show a"});
    EXPECT_EQ(values(result, "a"), kFirst);
}

TEST_F(Connect, ARuleForAnIpv6NetworkMeansIpv6Peers)
{
    const Peer peer("::1");
    const Result result = steps(rule("peer = \"::1/128\"", "idle = 11\ninterval = 3\ncount = 2"),
                                {"tcp6 a", to("connect a", peer.port()) + " ::1", "show a"});
    EXPECT_EQ(values(result, "a"), kFirst);
}

TEST_F(Connect, ARuleForInboundConnectionsSaysNothingAboutOutboundOnes)
{
    const Peer peer;
    const Result result =
        steps(rule("direction = \"inbound\"", "idle = 11"), {"tcp a", to("connect a", peer.port()), "show a"});
    EXPECT_EQ(values(result, "a"), kBuiltIn);
}

TEST_F(Connect, ASocketThatIsUnconnectedAndConnectedAgainGetsTheRuleOfItsSecondPeer)
{
    const Peer first, second;
    for (const char* app : {"respect", "cap", "override"}) {
        SCOPED_TRACE(app);
        const Result result =
            steps(two_rules(first.port(), second.port(), "app = \"" + std::string(app) + "\"\n"),
                  {"tcp a", to("connect a", first.port()), "disconnect a", to("connect a", second.port()), "show a"});
        EXPECT_EQ(values(result, "a"), kSecond);
    }
}

TEST_F(Connect, AfterARefusalTheSameSocketGetsTheRuleOfItsNextPeer)
{
    const std::uint16_t closed = free_port();
    const Peer second;
    for (const char* app : {"respect", "cap", "override"}) {
        SCOPED_TRACE(app);
        const Result result = steps(two_rules(closed, second.port(), "app = \"" + std::string(app) + "\"\n"),
                                    {"tcp a", to("connect a", closed), to("connect a", second.port()), "show a"});
        EXPECT_NE(result.out.find("-1, errno ECONNREFUSED"), std::string::npos) << result;
        EXPECT_EQ(values(result, "a"), kSecond);
    }
}

TEST_F(Connect, AfterARefusalThatPollReportedTheSameSocketGetsTheRuleOfItsNextPeer)
{
    const std::uint16_t closed = free_port();
    const Peer second;
    const Result result = steps(two_rules(closed, second.port()),
                                {"tcp-flags a", to("connect a", closed), "finish a", "blocking a",
                                 to("connect a", second.port()), to("connect a", second.port()), "show a"});
    EXPECT_NE(result.out.find("finish a = 111,"), std::string::npos) << result;  // ECONNREFUSED
    // The kernel gives the first connect behind a refusal ECONNABORTED, the next one connects.
    EXPECT_NE(result.out.find("= -1, errno 103"), std::string::npos) << result;
    EXPECT_EQ(values(result, "a"), kSecond);
}

TEST_F(Connect, AfterARefusalThatConnectItselfReportedTheSameSocketGetsTheRuleOfItsNextPeer)
{
    const std::uint16_t closed = free_port();
    const Peer second;
    for (const char* app : {"respect", "cap", "override"}) {
        SCOPED_TRACE(app);
        const Result result = steps(two_rules(closed, second.port(), "app = \"" + std::string(app) + "\"\n"),
                                    {"tcp-flags a", to("connect a", closed), "await a", to("connect a", closed),
                                     "blocking a", to("connect a", second.port()), "show a"});
        EXPECT_NE(result.out.find("connect a " + std::to_string(closed) + " = -1, errno ECONNREFUSED"),
                  std::string::npos)
            << result;
        EXPECT_NE(result.out.find(to("connect a", second.port()) + " = 0,"), std::string::npos) << result;
        EXPECT_EQ(values(result, "a"), kSecond);
    }
}

// A call that the kernel refuses changes nothing.

TEST_F(Connect, AConnectionThatIsToBeConnectedElsewhereKeepsItsValues)
{
    const Peer first, second;
    for (const char* app : {"respect", "cap", "override"}) {
        SCOPED_TRACE(app);
        const Result result = steps(two_rules(first.port(), second.port(), "app = \"" + std::string(app) + "\"\n"),
                                    {"tcp a", to("connect a", first.port()), to("connect a", second.port()), "show a"});
        EXPECT_NE(result.out.find("= -1, errno EISCONN"), std::string::npos) << result;
        EXPECT_EQ(values(result, "a"), kFirst);
    }
}

TEST_F(Connect, AnAcceptedConnectionThatIsToBeConnectedElsewhereKeepsItsValues)
{
    const Peer second;
    const Result result = steps(rule("direction = \"inbound\"", "idle = 11\ninterval = 3\ncount = 2") +
                                    rule_for_port(second.port(), kSecondText),
                                {"tcp l", "bind l 0", "listen l", "tcp c", "connect c @l", "accept a l",
                                 to("connect a", second.port()), "show a"});
    EXPECT_NE(result.out.find("= -1, errno EISCONN"), std::string::npos) << result;
    EXPECT_EQ(values(result, "a"), kFirst);
}

TEST_F(Connect, AConnectionThatIsToListenKeepsItsValues)
{
    const Peer first;
    for (const char* app : {"respect", "cap", "override"}) {
        SCOPED_TRACE(app);
        const std::string more = "app = \"" + std::string(app) + "\"\n";
        const Result result =
            steps(rule("direction = \"inbound\"", std::string(kSecondText) + more) + two_rules(first.port(), 1, more),
                  {"tcp a", to("connect a", first.port()), "listen a", "show a"});
        EXPECT_NE(result.out.find("listen a = -1, errno EINVAL"), std::string::npos) << result;
        EXPECT_EQ(values(result, "a"), kFirst);
    }
}

TEST_F(Connect, AListenerThatIsToBeConnectedKeepsItsValuesAndHandsThemDown)
{
    const Peer second;
    for (const char* app : {"respect", "cap", "override"}) {
        SCOPED_TRACE(app);
        const std::string more = "app = \"" + std::string(app) + "\"\n";
        const Result result = steps(rule("direction = \"inbound\"", "idle = 11\ninterval = 3\ncount = 2\n" + more) +
                                        rule_for_port(second.port(), std::string(kSecondText) + more),
                                    {"tcp l", "bind l 0", "listen l", to("connect l", second.port()), "show l", "tcp c",
                                     "connect c @l", "accept a l", "show a"});
        EXPECT_NE(result.out.find("= -1, errno EISCONN"), std::string::npos) << result;
        EXPECT_EQ(values(result, "l"), kFirst);
        EXPECT_EQ(values(result, "a"), kFirst);
    }
}

TEST_F(Connect, AListenerThatStopsListeningAndIsConnectedGetsTheRuleOfItsPeer)
{
    const Peer second;
    for (const char* app : {"respect", "cap", "override"}) {
        SCOPED_TRACE(app);
        const std::string more = "app = \"" + std::string(app) + "\"\n";
        const Result result =
            steps(rule("direction = \"inbound\"", "idle = 11\ninterval = 3\ncount = 2\n" + more) +
                      rule_for_port(second.port(), std::string(kSecondText) + more),
                  {"tcp l", "bind l 0", "listen l", "disconnect l", to("connect l", second.port()), "show l"});
        EXPECT_NE(result.out.find(to("connect l", second.port()) + " = 0,"), std::string::npos) << result;
        EXPECT_EQ(values(result, "l"), kSecond);
    }
}

TEST_F(Connect, AlsoWhereARuleToLeaveKeepsTheBaseAwayASecondPeersRuleIsInForce)
{
    const Peer first, second;
    const Result result =
        steps(rule_for_port(1, "keepalive = \"leave\"") + two_rules(first.port(), second.port()),
              {"tcp a", to("connect a", first.port()), "disconnect a", to("connect a", second.port()), "show a"});
    EXPECT_EQ(values(result, "a"), kSecond);
}

TEST_F(Connect, APeerToLeaveGetsWhatTheProgramSetAndNothingElse)
{
    const Peer first, second;
    const Result result = steps(rule_for_port(second.port(), "keepalive = \"leave\"") + two_rules(first.port(), 1),
                                {"tcp a", "set a idle 99", to("connect a", second.port()), "show a", "tcp b",
                                 to("connect b", first.port()), "show b"});
    Values expected = untouched();
    expected.idle = 99;
    EXPECT_EQ(values(result, "a"), expected);
    EXPECT_EQ(values(result, "b"), kFirst);
}

TEST_F(Connect, WhatTheProgramChoseSurvivesTheWayFromOnePeerToTheNext)
{
    const Peer first, second;
    const Result result =
        steps(two_rules(first.port(), second.port()), {"tcp a", "set a idle 99", to("connect a", first.port()),
                                                       "disconnect a", to("connect a", second.port()), "show a"});
    Values expected = kSecond;
    expected.idle = 99;
    EXPECT_EQ(values(result, "a"), expected);
}

TEST_F(Connect, AClosedSocketsNumberGivesNothingToItsSuccessor)
{
    const Peer first, second;
    const Result result = steps(two_rules(first.port(), second.port()),
                                {"tcp a", to("connect a", first.port()), "close a", "tcp b", "show b"});
    EXPECT_EQ(values(result, "b"), kBuiltIn);
}

TEST_F(Connect, AUdpSocketUnderTheNumberOfATcpSocketIsLeftAlone)
{
    const Peer first;
    const Result result =
        steps(two_rules(first.port(), 1),
              {"tcp a", to("connect a", first.port()), "close a", "udp b", to("connect b", first.port()),
               "get b keepalive", "close b", "tcp c", to("connect c", first.port()), "show c"});
    EXPECT_EQ(values(result, "c"), kFirst);
}

TEST_F(Connect, ADuplicateOfASocketIsThatSocket)
{
    const Peer first;
    const Result result =
        steps(two_rules(first.port(), 1), {"tcp a", "dup a b", to("connect b", first.port()), "show a"});
    EXPECT_EQ(values(result, "a"), kFirst);
}

// What a hook once saw of a number says nothing about the socket that dup or SCM_RIGHTS put there since.

TEST_F(Connect, ADuplicateUnderTheNumberOfAnAcceptedConnectionIsConnectedByItsRule)
{
    const Peer first;
    const Result result = steps(two_rules(first.port(), 1),
                                {"tcp l", "bind l 0", "listen l", "tcp c", "connect c @l", "tcp a", "accept b l",
                                 "close b", "dup a d", to("connect d", first.port()), "show d"});
    EXPECT_EQ(values(result, "d"), kFirst);
}

TEST_F(Connect, ADuplicateUnderTheNumberOfAListenerIsConnectedByItsRule)
{
    const Peer first;
    const Result result = steps(two_rules(first.port(), 1), {"tcp a", "tcp l", "bind l 0", "listen l", "close l",
                                                             "dup a d", to("connect d", first.port()), "show d"});
    EXPECT_EQ(values(result, "d"), kFirst);
}

// The README names this limit: asking the kernel about each connect of a UDP socket would cost every program.
TEST_F(Connect, ADuplicateUnderTheNumberOfAUdpSocketKeepsTheBase)
{
    const Peer first;
    const Result result = steps(two_rules(first.port(), 1), {"tcp a", "show a", "udp u", "close u", "dup a d",
                                                             to("connect d", first.port()), "show d"});
    EXPECT_EQ(values(result, "d"), values(result, "a"));
}

TEST_F(Connect, ADuplicateUnderTheNumberOfAConnectionIsConnectedByItsRule)
{
    const Peer first, second;
    const Result result =
        steps(two_rules(first.port(), second.port()), {"tcp a", "tcp b", to("connect b", second.port()), "close b",
                                                       "dup a d", to("connect d", first.port()), "show d"});
    EXPECT_EQ(values(result, "d"), kFirst);
}

TEST_F(Connect, AUdpDuplicateUnderTheNumberOfATcpSocketIsLeftAlone)
{
    const Peer first;
    steps(two_rules(first.port(), 1, "app = \"override\"\n"),
          {"udp u", "tcp a", "close a", "dup u d", to("connect d", first.port()), "get d keepalive",
           "set d keepalive 1", "get d keepalive", "set d keepalive 0", "get d keepalive"});
}

// One policy for all is no reason to pass by: what came from elsewhere does not have it.
TEST_F(Connect, UnderOnePolicyADuplicateUnderAnAcceptedOrListeningNumberGetsItToo)
{
    const Peer peer;
    const std::string connect = to("connect d", peer.port());
    const std::vector<std::string> accepted{"unseen u",   "tcp l",   "bind l 0", "listen l", "tcp c", "connect c @l",
                                            "accept b l", "close b", "dup u d",  connect,    "show d"};
    const std::vector<std::string> listening{"unseen u", "tcp l",   "bind l 0", "listen l",
                                             "close l",  "dup u d", connect,    "show d"};
    for (const std::vector<std::string>& program : {accepted, listening})
        EXPECT_EQ(values(steps("", program), "d"), kBuiltIn);
}

TEST_F(Connect, ASocketReceivedFromAnotherProcessIsThatSocket)
{
    const Peer first;
    const Result result =
        steps(two_rules(first.port(), 1), {"tcp a", "pass a b", "close a", to("connect b", first.port()), "show b"});
    EXPECT_EQ(values(result, "b"), kFirst);
}

TEST_F(Connect, ASocketThatCameThroughExecIsConnectedByItsRule)
{
    const Peer first;
    const Result result = steps(two_rules(first.port(), 1), {"tcp a", "exec", to("connect 3", first.port()), "show 3"});
    EXPECT_EQ(values(result, "3"), kFirst);
}

TEST_F(Connect, ASocketMadeBehindTheLibrarysBackIsConnectedByItsRule)
{
    const Peer first;
    const Result result =
        steps(two_rules(first.port(), 1), {"unseen a", "show a", to("connect a", first.port()), "show a"});
    const std::vector<Values> seen = all_values(result, "a");
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0], untouched());
    EXPECT_EQ(seen[1], kFirst);
}

TEST_F(Connect, ANonBlockingConnectHasItsRuleWhileItIsInProgress)
{
    const Result result = steps(rule("peer = \"127.0.0.1\"", "idle = 11\ninterval = 3\ncount = 2"),
                                {"tcp l", "bind l 0", "listen l 0", "tcp x", "connect x @l",  // the queue is full
                                 "tcp-flags a", "connect a @l", "show a", "accept y l", "finish a", "show a"});
    EXPECT_NE(result.out.find("connect a @l = -1, errno EINPROGRESS"), std::string::npos) << result;
    const std::vector<Values> seen = all_values(result, "a");
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0], kFirst);
    EXPECT_EQ(seen[1], kFirst);
}

TEST_F(Connect, AMultipathSocketGetsItsTimesAndTheRefusedUserTimeoutDoesNoHarm)
{
    const Result bare = run({.arguments = {program("steps"), "mptcp a"}});
    if (bare.out.find("mptcp a = -1") != std::string::npos)
        GTEST_SKIP() << "no Multipath TCP here";
    const Peer second;
    const Result result = steps(two_rules(1, second.port()), {"mptcp a", "show a", to("connect a", second.port()),
                                                              "show a", "set a idle 0", "set a user_timeout 5"});
    const std::vector<Values> seen = all_values(result, "a");
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0].keepalive, 1);
    EXPECT_EQ(seen[0].idle, kBuiltIn.idle);
    EXPECT_EQ(seen[1].idle, kSecond.idle);
    EXPECT_EQ(seen[1].interval, kSecond.interval);
    EXPECT_EQ(seen[1].count, kSecond.count);
}

TEST_F(Connect, AListenersQueueTakesMultipathConnectionsWithTheListenersTimes)
{
    const Result bare = run({.arguments = {program("steps"), "mptcp a"}});
    if (bare.out.find("mptcp a = -1") != std::string::npos)
        GTEST_SKIP() << "no Multipath TCP here";
    const Result result = steps("[defaults]\nidle = 11\ninterval = 3\ncount = 2\n",
                                {"mptcp l", "bind l 0", "listen l", "mptcp c", "connect c @l", "accept a l", "show a"});
    EXPECT_EQ(values(result, "a").idle, 11);
    EXPECT_EQ(values(result, "a").keepalive, 1);
}

TEST_F(Connect, FlagsGivenToSocketAreKept)
{
    const Result result = steps("", {"tcp-flags a", "flags a", "show a", "tcp b", "flags b"});
    EXPECT_NE(result.out.find("  close on exec 1, non-blocking 1\n"), std::string::npos) << result;
    EXPECT_EQ(values(result, "a"), kBuiltIn);
}

TEST_F(Connect, NoDelaySetByTheProgramStays)
{
    const Peer first;
    const Result result = steps(two_rules(first.port(), 1, "app = \"override\"\n"),
                                {"tcp a", "set a nodelay 1", to("connect a", first.port()), "get a nodelay",
                                 "set a nodelay 0", "get a nodelay", "set a nodelay 1", "get a nodelay"});
    EXPECT_NE(result.out.find("get a nodelay = 1,"), std::string::npos) << result;
}

TEST_F(Connect, FailingSetsockoptLeavesTheProgramAsItWouldBe)
{
    for (const char* what : {"refuse", "refuse_set"}) {
        SCOPED_TRACE(what);
        both("", {program("seccomp"), what});
        both(kEverythingDependsOnThePeer, {program("seccomp"), what});
    }
}

// What the kernel says of a bad pointer depends on what it looks at first.

TEST_F(Connect, ABadPointerGetsTheKernelsOwnErrorOnEveryKindOfDescriptor)
{
    const Result result = steps(kEverythingDependsOnThePeer,
                                {"connect-astray 77",  // never open
                                 "tcp a",
                                 "connect-astray a",
                                 "connect-nowhere a",
                                 "close a",
                                 "connect-astray a",
                                 "connect-nowhere a",  // closed
                                 "open b /dev/null",
                                 "connect-astray b",
                                 "connect-nowhere b",
                                 "close b",  // not a socket, number of a's
                                 "tcp6 c",
                                 "connect-astray c",
                                 "mptcp d",
                                 "connect-astray d",
                                 "udp e",
                                 "connect-astray e",
                                 "unix f",
                                 "connect-astray f",
                                 "unseen g",
                                 "connect-astray g",
                                 "tcp-flags h",
                                 "connect-astray h",
                                 "tcp l",
                                 "bind l 0",
                                 "listen l",
                                 "connect-astray l",
                                 "tcp m",
                                 "connect m @l",
                                 "connect-astray m",
                                 "accept n l",
                                 "connect-astray n"});
    EXPECT_NE(result.out.find("connect-astray 77 = -1, errno EBADF\n"), std::string::npos) << result;
    EXPECT_NE(result.out.find("connect-astray a = -1, errno EFAULT\n"), std::string::npos) << result;
    EXPECT_NE(result.out.find("connect-astray a = -1, errno EBADF\n"), std::string::npos) << result;
}

TEST_F(Connect, ASocketSurvivesABadPointerAndIsConnectedByItsRule)
{
    const Peer first;
    const Result result = steps(two_rules(first.port(), 1), {"tcp a", "connect-astray a", "show a", "connect-nowhere a",
                                                             to("connect a", first.port()), "show a"});
    const std::vector<Values> seen = all_values(result, "a");
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0], kBuiltIn);
    EXPECT_EQ(seen[1], kFirst);
}

// Addresses that the kernel reads otherwise than they look

TEST_F(Connect, TheAddressThatMeansThisHostIsDecidedAsLoopback)
{
    const std::string configuration =
        rule("peer = \"127.0.0.0/8\"", "idle = 11\ninterval = 3\ncount = 2") + rule("peer = \"::1\"", kSecondText);
    const Peer ipv4, ipv6("::1");
    const Result result = steps(configuration, {"tcp a", to("connect a", ipv4.port()) + " 0.0.0.0", "show a", "tcp6 b",
                                                to("connect b", ipv6.port()) + " ::", "show b", "tcp6 c",
                                                to("connect c", ipv4.port()) + " ::ffff:0.0.0.0", "show c"});
    EXPECT_EQ(values(result, "a"), kFirst);
    EXPECT_EQ(values(result, "b"), kSecond);
    EXPECT_EQ(values(result, "c"), kFirst);
}

TEST_F(Connect, AnIpv6AddressWithoutTheScopeAtItsEndGetsItsRule)
{
    const Peer peer("::1");
    const Result result =
        steps(two_rules(peer.port(), 1), {"tcp6 a", to("connect-rfc2133 a", peer.port()) + " ::1", "show a"});
    EXPECT_NE(result.out.find(" ::1 = 0,"), std::string::npos) << result;
    EXPECT_EQ(values(result, "a"), kFirst);
}

// Wide ranges of ports

TEST_F(Connect, WideRangesOfPortsAreInForce)
{
    const Peer peer;
    const std::string many = "port = [\"1025-20000\", \"20001-40000\", \"40001-65534\"]\n"
                             "peer = [\"10.0.0.0/8\", \"fd00::/8\", \"127.0.0.1\"]";
    for (const std::string& matchers :
         {std::string("port = \"1025-65534\""), std::string("port = [\"1-21\", \"23-65535\"]"), many}) {
        SCOPED_TRACE(matchers);
        const Result result = steps(rule(matchers, "idle = 11\ninterval = 3\ncount = 2"),
                                    {"tcp a", to("connect a", peer.port()), "show a"});
        EXPECT_EQ(values(result, "a"), kFirst);
    }
}

TEST_F(Connect, APortLeftOutBetweenTwoWideRangesIsLeftOut)
{
    const Peer peer;
    const Result result = steps(rule("port = [\"1-" + std::to_string(peer.port() - 1) + "\", \"" +
                                         std::to_string(peer.port() + 1) + "-65535\"]",
                                     "idle = 11"),
                                {"tcp a", to("connect a", peer.port()), "show a"});
    EXPECT_EQ(values(result, "a"), kBuiltIn);
}

}  // namespace
}  // namespace kashim::test
