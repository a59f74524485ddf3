// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "preload.h"

#include <utility>

namespace kashim::test {
namespace {

/// The table "app" of the documentation, each cell from the program's side.
class WhoWins : public Preload {
protected:
    const Peer peer_;

    std::string connect() const { return to("connect a", peer_.port()); }

    /// 60/15/4, dead after 120 s, for connections to the peer; the base is the built-in one.
    std::string rule_with(const std::string& app, const std::string& more = {}) const
    {
        return rule_for_port(peer_.port(), "idle = 60\ninterval = 15\ncount = 4\napp = \"" + app + "\"\n" + more);
    }

    Values after(const std::string& configuration, std::vector<std::string> arguments)
    {
        arguments.push_back("show a");
        return values(steps(configuration, std::move(arguments)), "a");
    }
};

constexpr Values kOurs{.keepalive = 1, .idle = 60, .interval = 15, .count = 4, .user_timeout = 0};

/// A connection that the queue of the program's own listener leaves in progress until "accept y l", and its rule.
std::vector<std::string> in_progress(std::vector<std::string> meanwhile)
{
    std::vector<std::string> arguments{"tcp l",        "bind l 0",    "listen l 0",  "tcp x",
                                       "connect x @l", "tcp-flags a", "connect a @l"};
    arguments.insert(arguments.end(), meanwhile.begin(), meanwhile.end());
    arguments.insert(arguments.end(), {"accept y l", "finish a"});
    return arguments;
}

std::string any_peer(const std::string& app)
{
    return rule("peer = \"127.0.0.0/8\"", "idle = 60\ninterval = 15\ncount = 4\napp = \"" + app + "\"");
}

const std::vector<std::string> kGo{"set a keepalive 1", "set a idle 15", "set a interval 15", "set a count 9"};
const std::vector<std::string> kNode{"set a keepalive 1", "set a idle 1", "set a interval 1", "set a count 10"};
constexpr Values kGoValues{.keepalive = 1, .idle = 15, .interval = 15, .count = 9, .user_timeout = 0};
constexpr Values kNodeValues{.keepalive = 1, .idle = 1, .interval = 1, .count = 10, .user_timeout = 0};

std::vector<std::string> join(std::vector<std::string> a, const std::vector<std::string>& b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

// respect

TEST_F(WhoWins, RespectKeepsEveryOptionThatTheProgramSetBeforeConnect)
{
    EXPECT_EQ(after(rule_with("respect"), join({"tcp a"}, join(kGo, {connect()}))), kGoValues);
    EXPECT_EQ(after(rule_with("respect"), join({"tcp a"}, join(kNode, {connect()}))), kNodeValues);
}

TEST_F(WhoWins, RespectFillsWhatTheProgramLeftAlone)
{
    Values expected = kOurs;
    expected.interval = 33;
    EXPECT_EQ(after(rule_with("respect"), {"tcp a", "set a interval 33", connect()}), expected);
    expected = kOurs;
    expected.user_timeout = 9000;
    EXPECT_EQ(after(rule_with("respect"), {"tcp a", "set a user_timeout 9000", connect()}), expected);
}

TEST_F(WhoWins, RespectKeepsOurTimesForAProgramThatOnlySwitchesKeepaliveOn)
{
    EXPECT_EQ(after(rule_with("respect"), {"tcp a", "set a keepalive 1", connect()}), kOurs);
    EXPECT_EQ(after(rule_with("respect"), {"tcp a", connect(), "set a keepalive 1"}), kOurs);
}

TEST_F(WhoWins, RespectLeavesKeepaliveOffWhereTheProgramSwitchedItOff)
{
    Values expected = kOurs;
    expected.keepalive = 0;
    EXPECT_EQ(after(rule_with("respect"), {"tcp a", "set a keepalive 0", connect()}), expected);
    EXPECT_EQ(after(rule_with("respect"), {"tcp a", connect(), "set a keepalive 0"}), expected);
}

TEST_F(WhoWins, RespectLetsTheProgramChangeEverythingLater)
{
    EXPECT_EQ(after(rule_with("respect"), join({"tcp a", connect()}, kGo)), kGoValues);
    Values expected = kGoValues;
    expected.user_timeout = 1234;
    EXPECT_EQ(after(rule_with("respect"), join({"tcp a", connect(), "set a user_timeout 1234"}, kGo)), expected);
}

TEST_F(WhoWins, RespectLetsTheProgramChangeEverythingWhileTheConnectIsInProgress)
{
    EXPECT_EQ(after(any_peer("respect"), in_progress(kGo)), kGoValues);
}

TEST_F(WhoWins, RespectOnAListenerKeepsWhatTheProgramSetBeforeListen)
{
    const std::uint16_t port = free_port();
    const std::string configuration =
        rule("direction = \"inbound\"\n" + to("port =", port), "idle = 60\ninterval = 15");
    Values expected = kBuiltIn;
    expected.idle = 17;
    expected.interval = 15;
    EXPECT_EQ(after(configuration,
                    {"tcp l", to("bind l", port), "set l idle 17", "listen l", "tcp c", "connect c @l", "accept a l"}),
              expected);
}

TEST_F(WhoWins, RespectKeepsLinuxsOwnValuesThatTheProgramSetAlsoUnderANumberNeverSeen)
{
    for (const char* app : {"respect", "cap"}) {
        SCOPED_TRACE(app);
        const bool respects = std::string_view(app) == "respect";
        const Result result = steps(
            rule_with(app), {"tcp a", "set a keepalive 0", "dup-to a b 77", to("connect b", peer_.port()), "show a",  //
                             "tcp c", "set c idle 7200", "dup-to c d 78", to("connect d", peer_.port()), "show c"});
        EXPECT_EQ(values(result, "a").keepalive, respects ? 0 : 1);
        EXPECT_EQ(values(result, "a").idle, 60);
        EXPECT_EQ(values(result, "c").idle, respects ? 7200 : 60);
        EXPECT_EQ(values(result, "c").interval, 15);
    }
}

// cap

TEST_F(WhoWins, CapLowersTheCountOfGoToWhatTheBudgetAllows)
{
    const Values expected{.keepalive = 1, .idle = 15, .interval = 15, .count = 7, .user_timeout = 0};
    EXPECT_EQ(after(rule_with("cap"), join({"tcp a"}, join(kGo, {connect()}))), expected);
    EXPECT_EQ(after(rule_with("cap"), join({"tcp a", connect()}, kGo)), expected);
    EXPECT_EQ(after(any_peer("cap"), in_progress(kGo)), expected);
}

TEST_F(WhoWins, CapKeepsWhatIsEarlierThanOurs)
{
    EXPECT_EQ(after(rule_with("cap"), join({"tcp a"}, join(kNode, {connect()}))), kNodeValues);
    EXPECT_EQ(after(rule_with("cap"), join({"tcp a", connect()}, kNode)), kNodeValues);
    EXPECT_EQ(after(any_peer("cap"), in_progress(kNode)), kNodeValues);
}

TEST_F(WhoWins, CapHoldsLaterTimesAtOurs)
{
    const std::vector<std::string> slow{"set a idle 600", "set a interval 100", "set a count 9"};
    EXPECT_EQ(after(rule_with("cap"), join({"tcp a"}, join(slow, {connect()}))), kOurs);
    EXPECT_EQ(after(rule_with("cap"), join({"tcp a", connect()}, slow)), kOurs);
    EXPECT_EQ(after(any_peer("cap"), in_progress(slow)), kOurs);
}

TEST_F(WhoWins, CapProbesIfEitherWantsIt)
{
    EXPECT_EQ(after(rule_with("cap"), {"tcp a", "set a keepalive 0", connect()}), kOurs);
    EXPECT_EQ(after(rule_with("cap"), {"tcp a", connect(), "set a keepalive 0"}), kOurs);
}

TEST_F(WhoWins, CapTakesTheSmallerUserTimeoutThatIsNotOff)
{
    const std::string configuration = rule_with("cap", "user_timeout = \"50s\"");
    Values expected = kOurs;
    expected.user_timeout = 50000;
    EXPECT_EQ(after(configuration, {"tcp a", connect(), "set a user_timeout 0"}), expected);
    EXPECT_EQ(after(configuration, {"tcp a", connect(), "set a user_timeout 60000"}), expected);
    expected.user_timeout = 40000;
    EXPECT_EQ(after(configuration, {"tcp a", connect(), "set a user_timeout 40000"}), expected);
    EXPECT_EQ(after(configuration, {"tcp a", "set a user_timeout 40000", connect()}), expected);
}

TEST_F(WhoWins, CapWithoutKeepaliveIsRespect)
{
    const std::string configuration =
        "[defaults]\nkeepalive = false\nidle = 60\ninterval = 15\ncount = 4\napp = \"cap\"\n";
    EXPECT_EQ(after(configuration, join({"tcp a"}, join(kGo, {connect()}))), kGoValues);
    EXPECT_EQ(after(configuration, join({"tcp a", connect()}, kGo)), kGoValues);
}

// override

TEST_F(WhoWins, OverrideWinsInEveryOrder)
{
    const std::vector<std::string> all = join(kGo, {"set a user_timeout 7000", "set a keepalive 0"});
    EXPECT_EQ(after(rule_with("override"), join({"tcp a"}, join(all, {connect()}))), kOurs);
    EXPECT_EQ(after(rule_with("override"), join({"tcp a", connect()}, all)), kOurs);
    EXPECT_EQ(after(any_peer("override"), in_progress(all)), kOurs);
    EXPECT_EQ(after(any_peer("override"), join(in_progress({}), all)), kOurs);
}

TEST_F(WhoWins, OverrideWinsOnADuplicateOfTheConnection)
{
    EXPECT_EQ(after(rule_with("override"), {"tcp a", connect(), "dup a b", "set b idle 99"}), kOurs);
}

TEST_F(WhoWins, OverrideWinsWhereTheSameSocketWasRefusedBefore)
{
    const std::uint16_t closed = free_port();
    const std::string configuration =
        rule_for_port(closed, "idle = 61\ninterval = 16\ncount = 3") + rule_with("override");
    EXPECT_EQ(after(configuration, join({"tcp a"}, join(kGo, {to("connect a", closed), connect()}))), kOurs);
}

TEST_F(WhoWins, OverrideWinsOnAnAcceptedConnection)
{
    const std::uint16_t port = free_port();
    const std::string configuration = rule("direction = \"inbound\"\n" + to("port =", port),
                                           "idle = 60\ninterval = 15\ncount = 4\napp = \"override\"");
    EXPECT_EQ(after(configuration, join({"tcp l", to("bind l", port), "set l idle 99", "listen l", "tcp c",
                                         "connect c @l", "accept a l"},
                                        kGo)),
              kOurs);
}

TEST_F(WhoWins, OverrideOfADirectionLeavesTheOtherToTheProgram)
{
    const std::string configuration =
        rule("direction = \"outbound\"", "idle = 60\ninterval = 15\ncount = 4\napp = \"override\"");
    EXPECT_EQ(after(configuration, join({"tcp l", "bind l 0", "listen l", "tcp c", "connect c @l", "accept a l"}, kGo)),
              kGoValues);
    EXPECT_EQ(after(configuration, join({"tcp a", connect()}, kGo)), kOurs);
}

TEST_F(WhoWins, OverrideWithoutKeepaliveKeepsItOff)
{
    const std::string configuration = rule_with("override", "keepalive = false");
    Values expected = kOurs;
    expected.keepalive = 0;
    EXPECT_EQ(after(configuration, {"tcp a", "set a keepalive 1", connect()}), expected);
    EXPECT_EQ(after(configuration, {"tcp a", connect(), "set a keepalive 1"}), expected);
}

TEST_F(WhoWins, KeepaliveFalseStillFillsTheTimesForAProgramThatSwitchesItOn)
{
    const std::string configuration = rule_with("respect", "keepalive = false");
    Values expected = kOurs;
    expected.keepalive = 0;
    EXPECT_EQ(after(configuration, {"tcp a", connect()}), expected);
    EXPECT_EQ(after(configuration, {"tcp a", connect(), "set a keepalive 1"}), kOurs);
}

TEST_F(WhoWins, WrongArgumentsGetTheKernelsOwnErrorUnderEveryMode)
{
    for (const char* app : {"respect", "cap", "override"}) {
        SCOPED_TRACE(app);
        std::vector<std::string> arguments{"tcp a"};
        for (int round = 0; round < 2; ++round) {
            for (const char* option : {"keepalive", "idle", "interval", "count", "user_timeout"}) {
                const std::string a = std::string(" a ") + option;
                arguments.insert(arguments.end(), {"set-from-nowhere" + a, "set-short" + a, "set-long" + a});
            }
            arguments.insert(arguments.end(),
                             {"set a idle 0", "set a idle 32768", "set a interval 0", "set a interval 32768",
                              "set a count 0", "set a count 128", "set a user_timeout -1", "set a idle -1",
                              "set a nothing 1", "set 9999 idle 5", "set 0 idle 5"});
            if (round == 0)
                arguments.push_back(connect());
        }
        const Result result = steps(rule_with(app), arguments);
        for (const char* error : {"EFAULT", "EINVAL", "ENOPROTOOPT", "EBADF", "ENOTSOCK"})
            EXPECT_NE(result.out.find(error), std::string::npos) << error << "\n" << result;
    }
}

TEST_F(WhoWins, ARefusedValueLeavesOursInForce)
{
    EXPECT_EQ(after(rule_with("override"), {"tcp a", connect(), "set a idle 0", "set a count 128"}), kOurs);
}

// "auto"

TEST_F(WhoWins, AutoIsTheBudgetOfTheValuesInForce)
{
    Values expected = kOurs;
    expected.user_timeout = 120000;
    EXPECT_EQ(after(rule_with("respect", "user_timeout = \"auto\""), {"tcp a", connect()}), expected);
}

TEST_F(WhoWins, AutoFollowsWhatTheProgramChangesLater)
{
    const std::string configuration = rule_with("respect", "user_timeout = \"auto\"");
    Values expected{.keepalive = 1, .idle = 600, .interval = 15, .count = 4, .user_timeout = 660000};
    EXPECT_EQ(after(configuration, {"tcp a", connect(), "set a idle 600"}), expected);
    expected = {.keepalive = 1, .idle = 600, .interval = 100, .count = 10, .user_timeout = 1600000};
    EXPECT_EQ(after(configuration, {"tcp a", connect(), "set a idle 600", "set a interval 100", "set a count 10"}),
              expected);
    expected = {.keepalive = 0, .idle = 60, .interval = 15, .count = 4, .user_timeout = 0};
    EXPECT_EQ(after(configuration, {"tcp a", connect(), "set a keepalive 0"}), expected);
    expected = {.keepalive = 1, .idle = 61, .interval = 15, .count = 4, .user_timeout = 121000};
    EXPECT_EQ(after(configuration, {"tcp a", connect(), "set a keepalive 0", "set a idle 61", "set a keepalive 1"}),
              expected);
}

TEST_F(WhoWins, AutoCountsWhatTheProgramSetBeforeConnect)
{
    const Values expected{.keepalive = 1, .idle = 600, .interval = 15, .count = 4, .user_timeout = 660000};
    EXPECT_EQ(after(rule_with("respect", "user_timeout = \"auto\""), {"tcp a", "set a idle 600", connect()}), expected);
    EXPECT_EQ(after("[defaults]\nidle = 60\ninterval = 15\ncount = 4\nuser_timeout = \"auto\"\n",
                    {"tcp a", "set a idle 600", connect()}),
              expected);
}

TEST_F(WhoWins, AutoFollowsTheProgramOnAListenerAndItsConnectionsInheritIt)
{
    const std::uint16_t port = free_port();
    const std::string configuration = rule("direction = \"inbound\"\n" + to("port =", port),
                                           "idle = 60\ninterval = 15\ncount = 4\nuser_timeout = \"auto\"");
    const Values expected{.keepalive = 1, .idle = 600, .interval = 15, .count = 4, .user_timeout = 660000};
    EXPECT_EQ(after(configuration,
                    {"tcp l", to("bind l", port), "set l idle 600", "listen l", "tcp c", "connect c @l", "accept a l"}),
              expected);
    EXPECT_EQ(after(configuration,
                    {"tcp l", to("bind l", port), "listen l", "set l idle 600", "tcp c", "connect c @l", "accept a l"}),
              expected);
}

TEST_F(WhoWins, AutoFollowsTheProgramOnAnAcceptedConnection)
{
    const std::uint16_t port = free_port();
    const std::string configuration = rule("direction = \"inbound\"\n" + to("port =", port),
                                           "idle = 60\ninterval = 15\ncount = 4\nuser_timeout = \"auto\"");
    const Values expected{.keepalive = 1, .idle = 600, .interval = 15, .count = 4, .user_timeout = 660000};
    EXPECT_EQ(after(configuration,
                    {"tcp l", to("bind l", port), "listen l", "tcp c", "connect c @l", "accept a l", "set a idle 600"}),
              expected);
}

TEST_F(WhoWins, AutoLeavesAUserTimeoutOfTheProgramsOwn)
{
    const std::string configuration = rule_with("respect", "user_timeout = \"auto\"");
    Values expected = kOurs;
    expected.user_timeout = 7777;
    expected.idle = 600;
    EXPECT_EQ(after(configuration, {"tcp a", connect(), "set a user_timeout 7777", "set a idle 600"}), expected);
    EXPECT_EQ(after(configuration, {"tcp a", "set a user_timeout 7777", connect(), "set a idle 600"}), expected);
}

// keepalive = "leave"

TEST_F(WhoWins, LeaveForEverythingMakesNotOneSystemCall)
{
    const std::vector<std::string> arguments{"mark",     "tcp a", connect(),      "tcp l",      "bind l 0",
                                             "listen l", "tcp c", "connect c @l", "accept b l", "set a idle 5"};
    const std::vector<Call> calls = traced("[defaults]\nkeepalive = \"leave\"\n", arguments);
    EXPECT_EQ(names(calls), names(traced_bare(arguments)));
    EXPECT_EQ(after("[defaults]\nkeepalive = \"leave\"\n", {"tcp a", connect()}), untouched());
}

TEST_F(WhoWins, LeaveForOnePeerKeepsEveryBaseAway)
{
    const std::string configuration =
        rule_for_port(peer_.port(), "keepalive = \"leave\"") + rule("", "idle = 60\ninterval = 15\ncount = 4");
    const Result result = steps(configuration, {"tcp a", "show a", connect(), "show a", "tcp l", "bind l 0", "listen l",
                                                "tcp c", "connect c @l", "show c", "accept b l", "show b"});
    EXPECT_EQ(all_values(result, "a"), (std::vector<Values>{untouched(), untouched()}));
    EXPECT_EQ(values(result, "c"), kOurs);
    EXPECT_EQ(values(result, "b"), kOurs);
}

TEST_F(WhoWins, ARuleWithoutMatchersIsTheBase)
{
    const Result result = steps(rule("", "idle = 60\ninterval = 15\ncount = 4"), {"tcp a", "show a"});
    EXPECT_EQ(values(result, "a"), kOurs);
}

// KASHIM_OPTIONS

TEST_F(WhoWins, OptionsInTheEnvironmentComeLastButNotOverLeave)
{
    const std::string configuration = rule_for_port(peer_.port(), "keepalive = \"leave\"");
    const Peer other;
    const Result result =
        steps(configuration, {"tcp a", connect(), "show a", "tcp b", to("connect b", other.port()), "show b"},
              {"KASHIM_OPTIONS=idle=30s interval=5s user_timeout=auto"});
    EXPECT_EQ(values(result, "a"), untouched());
    EXPECT_EQ(values(result, "b"),
              (Values{.keepalive = 1, .idle = 30, .interval = 5, .count = 5, .user_timeout = 55000}));
}

TEST_F(WhoWins, ADeadAfterInTheEnvironmentReplacesTheRulesTimes)
{
    const Result result =
        steps(rule_with("respect"), {"tcp a", connect(), "show a"}, {"KASHIM_OPTIONS=dead_after=48s"});
    EXPECT_EQ(values(result, "a"), (Values{.keepalive = 1, .idle = 24, .interval = 6, .count = 4, .user_timeout = 0}));
}

}  // namespace
}  // namespace kashim::test
