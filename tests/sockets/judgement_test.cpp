// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/judgement.h"

#include "sockets/child.h"
#include "sockets/ends.h"
#include "sockets/sockets.h"
#include "sockets/written.h"
#include "support/process.h"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

namespace kashim::test {
namespace {

using policy::Address;
using policy::Direction;
using policy::Endpoint;
using policy::Keepalive;
using policy::Milliseconds;
using policy::Option;
using policy::OptionSet;
using policy::Seconds;
using policy::Values;
using sockets::Judgement;
using sockets::Left;
using sockets::Present;
using sockets::Subject;

const Endpoint kHere{Address::ipv4(0x0a000001), 40000};
const Endpoint kPostgres{Address::ipv4(0x0a000002), 5432};

const Subject kOutbound{Direction::outbound, false, kHere, kPostgres};
const Subject kInbound{Direction::inbound, false, {kHere.address, 80}, kPostgres};
const Subject kListener{Direction::inbound, true, {kHere.address, 80}, std::nullopt};

Values values(bool keepalive, unsigned idle, unsigned interval, unsigned count, unsigned user_timeout = 0)
{
    return {keepalive, static_cast<std::uint8_t>(count), Seconds(static_cast<std::uint16_t>(idle)),
            Seconds(static_cast<std::uint16_t>(interval)), Milliseconds(user_timeout)};
}

const Values kUntouched = values(false, 7200, 75, 9);
const Values kGo = values(true, 15, 15, 9);

struct Asked {
    std::string rules;
    Subject subject = kOutbound;
    Values now = kUntouched;
    Values untouched = kUntouched;
    Present present = Present::as_found;
    std::optional<Left> left{};
    OptionSet known = OptionSet::all();
};

Judgement answer(const Asked& asked)
{
    const Written written(asked.rules);
    const policy::ProgramPolicy policy(written.rules(), {});
    return sockets::judge(*policy, asked.subject, {asked.now, asked.known}, asked.untouched, asked.present,
                          asked.left ? &*asked.left : nullptr);
}

constexpr const char* kPostgresRule = "[[rule]]\nport = 5432\ndirection = \"outbound\"\nidle = 20\ninterval = 7\n"
                                      "count = 4\nuser_timeout = \"auto\"\n";

TEST(LiveJudgement, GivesASocketThatNobodyTouchedWhatTheRuleSays)
{
    const Judgement judgement = answer({kPostgresRule});
    EXPECT_EQ(judgement.decision.rule, 0u);
    EXPECT_TRUE(judgement.programs.empty());
    EXPECT_EQ(judgement.after, values(true, 20, 7, 4, 48000));
    EXPECT_EQ(judgement.wrong, OptionSet::all());
    EXPECT_FALSE(judgement.right());
    EXPECT_TRUE(judgement.left_to_program().empty());
}

TEST(LiveJudgement, FindsNothingToDoOnASocketThatHasIt)
{
    const Judgement judgement = answer({.rules = kPostgresRule, .now = values(true, 20, 7, 4, 48000)});
    EXPECT_TRUE(judgement.right());
    EXPECT_TRUE(judgement.programs.empty());
    EXPECT_EQ(judgement.after, judgement.now);
}

TEST(LiveJudgement, AsksForTheOtherEndOfWhatWeBeganAndForOurPortOfWhatOthersBegan)
{
    const std::string rules = std::string(kPostgresRule) + "[[rule]]\nport = 80\ndirection = \"inbound\"\nidle = 33\n";
    EXPECT_EQ(answer({rules, kOutbound}).decision.rule, 0u);
    EXPECT_EQ(answer({rules, kInbound}).decision.rule, 1u);
    EXPECT_EQ(answer({rules, kListener}).decision.rule, 1u);
    EXPECT_EQ(answer({rules, {Direction::outbound, false, kHere, Endpoint{kPostgres.address, 80}}}).decision.rule, 2u);
}

TEST(LiveJudgement, TakesTheBaseOfAPreloadedProgramForOurs)
{
    const std::string rules = "[defaults]\nidle = 90\ninterval = 45\ncount = 6\n" + std::string(kPostgresRule);
    const Judgement judgement = answer({.rules = rules, .now = values(true, 90, 45, 6)});
    EXPECT_TRUE(judgement.programs.empty());
    EXPECT_EQ(judgement.after, values(true, 20, 7, 4, 48000));
}

TEST(LiveJudgement, TakesWhatTheListenerHandedDownForOurs)
{
    const std::string rules = "[[rule]]\nport = 80\ndirection = \"inbound\"\npeer = \"10.0.0.2\"\nidle = 10\n"
                              "[[rule]]\nport = 80\ndirection = \"inbound\"\nidle = 33\n";
    const Judgement judgement = answer({.rules = rules, .subject = kInbound, .now = values(true, 33, 30, 5)});
    EXPECT_TRUE(judgement.programs.empty());
    EXPECT_EQ(judgement.after.idle, Seconds(10));
}

TEST(LiveJudgement, TakesTunedSysctlsOfTheNamespaceForNobodys)
{
    const Values tuned = values(false, 600, 60, 3);
    const Judgement judgement = answer({.rules = kPostgresRule, .now = tuned, .untouched = tuned});
    EXPECT_TRUE(judgement.programs.empty());
    EXPECT_EQ(judgement.after, values(true, 20, 7, 4, 48000));
    EXPECT_EQ(answer({.rules = kPostgresRule, .now = tuned}).programs, Option::idle | Option::interval | Option::count);
}

TEST(LiveJudgement, RespectsCapsAndOverridesWhatTheProgramSet)
{
    struct Row {
        const char* app;
        Values after;
        OptionSet left;
    };
    const Row rows[] = {
        {"respect", values(true, 15, 15, 8), Option::idle | Option::interval | Option::count},
        {"cap", values(true, 15, 10, 3), Option::idle},
        {"override", values(true, 20, 10, 3), {}},
    };
    for (const Row& row : rows) {
        const std::string rules =
            "[defaults]\nidle = 20\ninterval = 10\ncount = 3\napp = \"" + std::string(row.app) + "\"\n";
        const Judgement judgement = answer({.rules = rules, .now = values(true, 15, 15, 8)});
        EXPECT_EQ(judgement.after, row.after) << row.app;
        EXPECT_EQ(judgement.left_to_program(), row.left) << row.app;
        // Once it is so, it stays so.
        EXPECT_TRUE(answer({.rules = rules, .now = row.after}).right()) << row.app;
    }
}

TEST(LiveJudgement, NamesWhatItLeavesToTheProgram)
{
    const Judgement judgement =
        answer({.rules = "[defaults]\nidle = 20\ninterval = 15\ncount = 3\n", .now = values(true, 40, 15, 9)});
    EXPECT_EQ(judgement.left_to_program(), Option::idle);
    EXPECT_EQ(judgement.wrong, OptionSet(Option::count)) << "9 is what nobody sets";
}

TEST(LiveJudgement, LeavesProbingOffOnASocketThatHasOurTimesBecauseTheProgramSwitchedItOff)
{
    // The library or an earlier guard gave it all of the rule; nothing else puts two of our times on a socket.
    const Judgement judgement = answer({.rules = kPostgresRule, .now = values(false, 20, 7, 4, 48000)});
    EXPECT_TRUE(judgement.programs.has(Option::keepalive));
    EXPECT_FALSE(judgement.after.keepalive);
    const std::string override = std::string(kPostgresRule) + "app = \"override\"\n";
    EXPECT_TRUE(answer({.rules = override, .now = values(false, 20, 7, 4)}).after.keepalive);
    // Sysctls that are what the rule says tell nothing.
    const Values tuned = values(false, 20, 7, 4);
    EXPECT_TRUE(answer({.rules = kPostgresRule, .now = tuned, .untouched = tuned}).after.keepalive);
}

TEST(LiveJudgement, TakesEverythingForOursWhereThatIsWanted)
{
    const Judgement judgement = answer({.rules = kPostgresRule, .now = kGo, .present = Present::ours});
    EXPECT_TRUE(judgement.programs.empty());
    EXPECT_EQ(judgement.after, values(true, 20, 7, 4, 48000));
}

TEST(LiveJudgement, LeavesWhatTheRuleLeaves)
{
    const Judgement judgement = answer({.rules = "[defaults]\nkeepalive = \"leave\"\n", .now = kGo});
    EXPECT_TRUE(judgement.left_by_rule);
    EXPECT_TRUE(judgement.right());
    EXPECT_EQ(judgement.after, kGo);
    EXPECT_TRUE(judgement.left_to_program().empty());
}

TEST(LiveJudgement, LeavesAListenerSomeOfWhosePeersAreToBeLeftAlone)
{
    const std::string rules =
        "[[rule]]\npeer = \"10.9.0.0/16\"\nkeepalive = \"leave\"\n[[rule]]\nkeepalive = \"leave\"\n"
        "direction = \"outbound\"\n[[rule]]\nport = 80\nidle = 30\n"
        "[[rule]]\nkeepalive = \"leave\"\n";
    EXPECT_TRUE(answer({rules, kListener}).left_by_rule);
    EXPECT_FALSE(answer({rules, kInbound}).left_by_rule) << "its peer is known";
    const std::string with_base = "[[rule]]\npeer = \"10.9.0.0/16\"\nidle = 9\n";
    EXPECT_FALSE(answer({with_base, kListener}).left_by_rule);
}

TEST(LiveJudgement, TakesWhatChangedSinceWeLeftItForTheProgramsAndTheRestForOurs)
{
    const std::string newer = "[defaults]\nidle = 50\ninterval = 10\ncount = 5\n";
    const Left left{values(true, 20, 7, 4), {}, Direction::outbound};
    const Judgement judgement = answer({.rules = newer, .now = values(true, 20, 7, 8), .left = left});
    EXPECT_EQ(judgement.programs, OptionSet(Option::count));
    EXPECT_EQ(judgement.after, values(true, 50, 10, 8));
    // Without the memory an earlier rule's values look like the program's.
    EXPECT_EQ(answer({.rules = newer, .now = values(true, 20, 7, 8)}).after, values(true, 20, 7, 8));
}

TEST(LiveJudgement, KeepsAutomaticUserTimeoutsBesideTimesThatTheProgramChangedLater)
{
    const Left left{values(true, 20, 7, 4, 48000), {}, Direction::outbound};
    const Judgement judgement = answer({.rules = kPostgresRule, .now = values(true, 100, 7, 4, 48000), .left = left});
    EXPECT_EQ(judgement.after, values(true, 100, 7, 4, 128000));
}

TEST(LiveJudgement, AsksOnlyForWhatTheKernelMayTake)
{
    const OptionSet known = OptionSet::all() - Option::user_timeout;
    EXPECT_TRUE(answer({.rules = kPostgresRule, .known = known}).wrong.has(Option::user_timeout));
    EXPECT_FALSE(answer({.rules = "", .known = known}).wrong.has(Option::user_timeout));
}

sockets::Listeners listeners_at(std::uint16_t port)
{
    sockets::Socket socket;
    socket.state = sockets::TcpState::listen;
    socket.local.port = port;
    return sockets::Listeners({&socket, 1});
}

TEST(LiveSubject, IsWhatTheSocketItselfSays)
{
    const Both both = connected_on("127.0.0.1");
    const sockets::Listeners listeners = listeners_at(both.port);
    const auto client = sockets::subject_of(both.client, listeners);
    ASSERT_TRUE(client);
    EXPECT_EQ(client->direction, Direction::outbound);
    EXPECT_EQ(client->peer->port, both.port);
    const auto server = sockets::subject_of(both.server, listeners);
    ASSERT_TRUE(server);
    EXPECT_EQ(server->direction, Direction::inbound);
    EXPECT_EQ(server->local.port, both.port);
    EXPECT_EQ(sockets::subject_of(both.server, {})->direction, Direction::outbound) << "nobody listens any more";
    const auto listener = sockets::subject_of(both.listener, {});
    ASSERT_TRUE(listener);
    EXPECT_TRUE(listener->listens);
    EXPECT_EQ(listener->direction, Direction::inbound);
    EXPECT_FALSE(listener->peer);
    for (const int fd : {both.client, both.server, both.listener})
        close(fd);
}

TEST(LiveSubject, IsNothingOnASocketWithoutPeer)
{
    const int fresh = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_FALSE(sockets::subject_of(fresh, {}));
    close(fresh);
    const Both both = connected_on("127.0.0.1");
    sockaddr none{};
    none.sa_family = AF_UNSPEC;
    ASSERT_EQ(connect(both.client, &none, sizeof none), 0);
    EXPECT_FALSE(sockets::subject_of(both.client, {})) << "the program took its peer away";
    for (const int fd : {both.client, both.server, both.listener})
        close(fd);
}

}  // namespace
}  // namespace kashim::test
