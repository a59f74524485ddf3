// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "preload.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kashim::test {
namespace {

class Accept : public Preload {};

constexpr Values kInbound{.keepalive = 1, .idle = 11, .interval = 3, .count = 2, .user_timeout = 0};
constexpr std::string_view kInboundText = "idle = 11\ninterval = 3\ncount = 2";

std::string inbound_rule(int port)
{
    return rule("direction = \"inbound\"\n" + to("port =", port), kInboundText);
}

TEST_F(Accept, AListenerAndWhatItAcceptsHaveTheRuleOfItsPort)
{
    const std::uint16_t port = free_port();
    const Result result = steps(inbound_rule(port), {"tcp l", to("bind l", port), "listen l", "show l", "tcp c",
                                                     "connect c @l", "show c", "accept a l", "show a"});
    EXPECT_EQ(values(result, "l"), kInbound);
    EXPECT_EQ(values(result, "a"), kInbound);
    EXPECT_EQ(values(result, "c"), kBuiltIn);
}

TEST_F(Accept, ARuleToLeaveSomePeersLeavesTheirConnectionsAndTheListenerUntouched)
{
    const Result result =
        steps(rule("direction = \"inbound\"\npeer = \"127.0.0.0/8\"", "keepalive = \"leave\""),
              {"tcp l", "bind l 0", "listen l", "show l", "tcp c", "connect c @l", "show c", "accept a l", "show a",
               "tcp d", "connect d @l", "accept4-flags b l", "show b", "show l"});
    EXPECT_EQ(values(result, "a"), untouched());
    EXPECT_EQ(values(result, "b"), untouched());
    EXPECT_EQ(all_values(result, "l"), (std::vector{untouched(), untouched()}));
    EXPECT_EQ(values(result, "c"), kBuiltIn);
}

// Once it had ours: under override, what the program set on such a listener was taken for something to put right, and
// the peers to be left alone inherited it.
TEST_F(Accept, AListenerThatIsLeftAloneStaysSoWhenTheProgramSetsItsOptions)
{
    const Result result = steps(
        "[defaults]\napp = \"override\"\n" +
            rule("direction = \"inbound\"\npeer = \"127.0.0.0/8\"", "keepalive = \"leave\""),
        {"tcp l", "bind l 0", "listen l", "set l idle 77", "show l", "tcp c", "connect c @l", "accept a l", "show a"});
    Values expected = untouched();
    expected.idle = 77;
    EXPECT_EQ(values(result, "l"), expected);
    EXPECT_EQ(values(result, "a"), expected);
}

TEST_F(Accept, EveryWayToAcceptAnswersAsItDoesBare)
{
    const std::uint16_t port = free_port();
    const Result result = steps(inbound_rule(port), {"tcp l",
                                                     to("bind l", port),
                                                     "listen l",
                                                     "nonblocking l",
                                                     "accept none l",
                                                     "accept4-flags none l",
                                                     "tcp c1",
                                                     "connect c1 @l",
                                                     "accept a l",
                                                     "show a",
                                                     "tcp c2",
                                                     "connect c2 @l",
                                                     "accept-anybody b l",
                                                     "show b",
                                                     "tcp c3",
                                                     "connect c3 @l",
                                                     "accept4-short c l",
                                                     "show c",
                                                     "tcp c4",
                                                     "connect c4 @l",
                                                     "accept4-flags d l",
                                                     "flags d",
                                                     "show d",
                                                     "tcp c5",
                                                     "connect c5 @l",
                                                     "accept4-wrong e l",
                                                     "accept-negative e l",
                                                     "accept-nowhere e l",
                                                     "accept e 9999",
                                                     "accept e 0",
                                                     "accept e c1",
                                                     "udp u",
                                                     "accept e u"});
    for (const char* name : {"a", "b", "c", "d"})
        EXPECT_EQ(values(result, name), kInbound) << name;
}

TEST_F(Accept, ARuleForThePeerDecidesWhenTheConnectionIsAccepted)
{
    const std::string configuration = rule("direction = \"inbound\"\npeer = \"127.0.0.2\"", kInboundText);
    const Result result = steps(configuration, {"tcp l", "bind l 0 0.0.0.0", "listen l", "show l",  //
                                                "tcp c", "bind c 0 127.0.0.2", "connect c @l", "accept a l", "show a",
                                                "tcp d", "connect d @l", "accept-anybody b l", "show b", "tcp e",
                                                "bind e 0 127.0.0.2", "connect e @l", "accept-anybody f l", "show f"});
    EXPECT_EQ(values(result, "a"), kInbound);
    EXPECT_EQ(values(result, "b"), kBuiltIn);
    EXPECT_EQ(values(result, "f"), kInbound);
}

TEST_F(Accept, APeerThatIsIpv4OnAnIpv6ListenerIsAnIpv4Peer)
{
    const std::string configuration = rule("direction = \"inbound\"\npeer = \"127.0.0.0/8\"", kInboundText);
    const Result result =
        steps(configuration, {"tcp6 l", "bind l 0 ::", "listen l", "tcp c", "connect c @l", "accept a l", "show a",
                              "tcp d", "connect d @l", "accept-anybody b l", "show b"});
    EXPECT_EQ(values(result, "a"), kInbound);
    EXPECT_EQ(values(result, "b"), kInbound);
}

TEST_F(Accept, AListenerMadeBehindTheLibrarysBackIsMendedAtAccept)
{
    const std::uint16_t port = free_port();
    const Result result =
        steps(inbound_rule(port), {"unseen l", to("bind l", port), "listen-unseen l", "tcp c", "connect c @l",
                                   "accept a l", "show a", "tcp d", "connect d @l", "accept4-flags b l", "show b"});
    EXPECT_EQ(values(result, "a"), kInbound);
    EXPECT_EQ(values(result, "b"), kInbound);
}

TEST_F(Accept, AListenerThatCameThroughExecIsMendedAtAccept)
{
    const std::uint16_t port = free_port();
    const Result result = steps(inbound_rule(port), {"unseen l", to("bind l", port), "listen-unseen l", "tcp c",
                                                     "connect c @l", "exec", "accept a 3", "show a"});
    EXPECT_EQ(values(result, "a"), kInbound);
}

TEST_F(Accept, AListenerUnderTheNumberOfAnEarlierOneIsNotTakenForIt)
{
    const std::uint16_t port = free_port();
    const Result result = steps(inbound_rule(port), {"tcp l", "bind l 0", "listen l", "close l",  //
                                                     "tcp m", to("bind m", port), "listen-unseen m", "tcp c",
                                                     "connect c @m", "accept a m", "show a"});
    EXPECT_EQ(values(result, "a"), kInbound);
}

TEST_F(Accept, AListenerThatWasNotBoundGetsTheRuleOfThePortTheKernelChose)
{
    const Result result = steps(rule("direction = \"inbound\"\nport = \"1024-65535\"", kInboundText),
                                {"tcp l", "listen l", "show l", "tcp c", "connect c @l", "accept a l", "show a"});
    EXPECT_EQ(values(result, "l"), kInbound);
    EXPECT_EQ(values(result, "a"), kInbound);
}

TEST_F(Accept, ListeningTwiceChangesNothing)
{
    const std::uint16_t port = free_port();
    const Result result = steps(inbound_rule(port), {"tcp l", to("bind l", port), "listen l 1", "listen l 64", "show l",
                                                     "tcp c", "connect c @l", "accept a l", "show a"});
    EXPECT_EQ(values(result, "l"), kInbound);
    EXPECT_EQ(values(result, "a"), kInbound);
}

TEST_F(Accept, ASecondListenKeepsWhatTheProgramSetInBetween)
{
    const std::uint16_t port = free_port();
    const Result result = steps(inbound_rule(port), {"tcp l", to("bind l", port), "listen l", "set l idle 77",
                                                     "listen l 64", "tcp c", "connect c @l", "accept a l", "show a"});
    Values expected = kInbound;
    expected.idle = 77;
    EXPECT_EQ(values(result, "a"), expected);
}

TEST_F(Accept, AnAcceptedSocketCostsNoSystemCallWhereNoRuleDependsOnThePeer)
{
    const std::uint16_t port = free_port();
    const std::vector<std::string> program{"tcp l", to("bind l", port), "listen l", "tcp c",      "connect c @l",
                                           "tcp d", "connect d @l",     "mark",     "accept a l", "accept4-flags b l"};
    EXPECT_EQ(names(traced(inbound_rule(port), program)), names(traced_bare(program)));
}

TEST_F(Accept, OnlyTheListenersBoundToAPortOfARuleForPeersPayForIt)
{
    const std::uint16_t port = free_port();
    const std::string configuration =
        rule("direction = \"inbound\"\npeer = \"127.0.0.2\"\n" + to("port =", port), kInboundText);
    const std::vector<std::string> program{"tcp l",        "bind l 0", "listen l",  "tcp c",
                                           "connect c @l", "mark",     "accept a l"};
    const std::vector<Call> calls = traced(configuration, program);
    EXPECT_EQ(count(calls, "setsockopt"), 0);
}

TEST_F(Accept, DescriptorsAboveTheTrackedOnesAreTreatedLikeAll)
{
    constexpr int kNumber = 17000;  // Descriptors::kTracked is 16,384
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit wanted{kNumber + 100, limit.rlim_max < kNumber + 100 ? kNumber + 100 : limit.rlim_max};
    const int able = ::fork();
    if (able == 0)
        ::_exit(::setrlimit(RLIMIT_NOFILE, &wanted) == 0 ? 0 : 1);
    int status = 0;
    ::waitpid(able, &status, 0);
    if (status != 0)
        GTEST_SKIP() << "RLIMIT_NOFILE cannot be raised above " << limit.rlim_max << " here";

    const std::uint16_t port = free_port();
    Command command =
        with_library(inbound_rule(port), {program("steps"), "tcp l", to("bind l", port), to("dup-to l h", kNumber),
                                          "close l", "listen h", "tcp c", "connect c @h", "accept a h", "show a",
                                          "tcp d", to("dup-to d e", kNumber + 1), "connect e @h", "show e"});
    command.before_exec = [wanted] { ::setrlimit(RLIMIT_NOFILE, &wanted); };
    const Result result = run(command);
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(values(result, "a"), kInbound);
    EXPECT_EQ(values(result, "e"), kBuiltIn);
}

TEST_F(Accept, EightThreadsGetTheRightRuleForEachOfSixteenHundredConnections)
{
    std::string configuration;
    std::vector<std::string> bare{program("threads")}, preloaded{program("threads")};
    for (int i = 0; i < 12; ++i) {
        const std::uint16_t port = free_port();
        configuration += rule_for_port(port, to("idle =", 100 + i));
        bare.push_back(std::to_string(port) + "=" + std::to_string(untouched().idle));
        preloaded.push_back(std::to_string(port) + "=" + std::to_string(100 + i));
    }
    for (int i = 0; i < 500; ++i)  // rules of other programs and peers
        configuration +=
            rule("program = \"other\"\n" + to("port =", 1 + i), "idle = 5") +
            rule("peer = \"10.0." + std::to_string(i / 200) + "." + std::to_string(i % 200) + "\"", "idle = 6");
    const Result without = run({.arguments = bare});
    EXPECT_TRUE(without.ok()) << without;
    const Result result = run(with_library(configuration, preloaded));
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_EQ(result.out, without.out);
}

}  // namespace
}  // namespace kashim::test
