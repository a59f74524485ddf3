// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim apply, as a user meets it: its whole output, its exit status, and what the kernel says of the sockets.
#include "cli/script.h"
#include "programs/debian.h"
#include "programs/loopback.h"
#include "support/values.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <regex>

namespace kashim::test {
namespace {

using nlohmann::json;

constexpr Values kOurs{.keepalive = 1, .idle = 20, .interval = 5, .count = 4, .user_timeout = 0};
constexpr const char* kRule = "[[rule]]\nname = \"all\"\nidle = 20\ninterval = 5\ncount = 4\n";
constexpr const char* kFromNothing = "keepalive off -> on, idle 7200s -> 20s, interval 75s -> 5s, count 9 -> 4\n";

void expect(const Result& result, int status, const std::string& out, const std::string& err = "")
{
    EXPECT_EQ(result.exit_code, status) << result;
    EXPECT_EQ(result.out, out);
    EXPECT_EQ(result.err, err);
}

constexpr const char* kEverySort = R"(
four, six, many = listener(), listener('::'), listener(protocol=262)
a, b = connection(four)
c, d = connection(six, '::1')
e, f = connection(six)
g, h = connection(many, protocol=262)
i, j = connection(four)
i.close()
)";

TEST(Apply, EverySortOfSocketGetsItsValuesAndTheSecondTimeThereIsNothingToDo)
{
    const Script script(kEverySort);
    const Kashim kashim(kRule);
    expect(kashim({"apply", script.said("pid")}), 0,
           script.fill("python3[{pid}]: set 12\n"
                       "  set: 12 sockets, rule \"all\" at line 1: ") +
               kFromNothing);
    const std::vector<TcpSocket> sockets = tcp_sockets(script.pid());
    EXPECT_EQ(sockets.size(), 12u);
    for (const TcpSocket& socket : sockets) {
        Values values = socket.values;
        values.user_timeout = std::max(values.user_timeout, 0);  // Multipath TCP does not tell it
        EXPECT_EQ(values, kOurs) << socket;
    }
    expect(kashim({"apply", script.said("pid")}), 0, script.fill("python3[{pid}]: already right 12\n"));
}

TEST(Apply, ADryRunListsEverySocketAndChangesNone)
{
    const Script script(R"(
server, wide = listener(), listener('::')
out, accepted = connection(server)
six, accepted_six = connection(wide, '::1')
say(server=port(server), wide=port(wide), out=port(out), six=port(six))
)");
    const Kashim kashim("[[rule]]\nport = " + script.said("wide") +
                        "\nidle = 20\n\n[[rule]]\nkeepalive = false\ncount = 3\n");
    const std::string other = "rule at line 5: idle 7200s -> 60s, interval 75s -> 30s, count 9 -> 3\n";
    const std::string wide =
        "rule at line 1: keepalive off -> on, idle 7200s -> 20s, interval 75s -> 30s, count 9 -> 5\n";
    expect(kashim({"apply", "--dry-run", script.said("pid")}), 0,
           script.fill("python3[{pid}]: would set 6\n"
                       "  would set: fd 3 on port {server}, " +
                       other + "  would set: fd 4 on port {wide}, " + wide +
                       "  would set: fd 5 to 127.0.0.1:{server}, " + other +
                       "  would set: fd 6 from 127.0.0.1:{out} on port {server}, " + other +
                       "  would set: fd 7 to [::1]:{wide}, " + wide +
                       "  would set: fd 8 from [::1]:{six} on port {wide}, " + wide));
    for (const TcpSocket& socket : tcp_sockets(script.pid()))
        EXPECT_EQ(socket.values, Values{}) << socket;
}

constexpr const char* kWithOwnValues = R"(
server = listener()
client, accepted = connection(server)
client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
for name, value in ((4, 15), (5, 15), (6, 8)): client.setsockopt(socket.IPPROTO_TCP, name, value)
say(server=port(server))
)";

TEST(Apply, WhatTheProgramHasSetIsLeftToItUnlessTheRuleSaysOtherwise)
{
    const Script script(kWithOwnValues);
    const Kashim kashim("[[rule]]\nname = \"own\"\ndirection = \"outbound\"\nidle = 60\ninterval = 15\ncount = 4\n\n"
                        "[[rule]]\nkeepalive = \"leave\"\n");
    const std::string pid = script.said("pid");
    const std::string left = "  left: 2 sockets, rule at line 8: keepalive = \"leave\"\n";
    expect(kashim({"apply", pid}), 0,
           script.fill("python3[{pid}]: left to the program 1, left by rule 2\n" + left +
                       "  left: 1 socket, rule \"own\" at line 1: what counts as the program's: idle=15s count=8\n"));
    EXPECT_EQ(values_of(script.pid(), 4), (Values{.keepalive = 1, .idle = 15, .interval = 15, .count = 8}));
    expect(kashim({"apply", "--set", "app=cap", pid}), 0,
           script.fill("python3[{pid}]: set 1, left by rule 2\n"
                       "  set: 1 socket, rule \"own\" at line 1 with --set: count 8 -> 7; left: what counts as the "
                       "program's: idle=15s\n" +
                       left));
    EXPECT_EQ(values_of(script.pid(), 4), (Values{.keepalive = 1, .idle = 15, .interval = 15, .count = 7}));
    expect(kashim({"apply", "--set", "app=override", pid}), 0,
           script.fill("python3[{pid}]: set 1, left by rule 2\n"
                       "  set: 1 socket, rule \"own\" at line 1 with --set: idle 15s -> 60s, count 7 -> 4\n" +
                       left));
    EXPECT_EQ(values_of(script.pid(), 4), (Values{.keepalive = 1, .idle = 60, .interval = 15, .count = 4}));
    EXPECT_EQ(values_of(script.pid(), 5), Values{});
}

TEST(Apply, AnOlderFilesValuesLookLikeTheProgramsUntilTheyAreTakenForOurs)
{
    const Script script("server = listener()");
    const Kashim kashim("[defaults]\nidle = 30\n");
    const std::string pid = script.said("pid");
    EXPECT_EQ(kashim({"apply", pid}).exit_code, 0);
    kashim.configure("[defaults]\nidle = 20\n");
    expect(kashim({"apply", pid}), 0,
           script.fill("python3[{pid}]: left to the program 1\n"
                       "  left: 1 socket, [defaults] at line 1: what counts as the program's: idle=30s\n"));
    expect(kashim({"apply", "--override", pid}), 0,
           script.fill("python3[{pid}]: set 1\n  set: 1 socket, [defaults] at line 1: idle 30s -> 20s\n"));
    expect(kashim({"apply", pid}), 0, script.fill("python3[{pid}]: already right 1\n"));
    EXPECT_EQ(values_of(script.pid(), 3).idle, 20);
}

TEST(Apply, TheFirstLineSaysWhereTheRulesHaveNothingToSayToAProgram)
{
    const Script script("server = listener()\nsay(server=port(server))");
    const std::string pid = script.said("pid");
    const Kashim other("[[rule]]\nprogram = \"nginx\"\nidle = 3\n");
    expect(other({"apply", "-n", pid}), 0,
           script.fill("python3[{pid}]: no rule is for this program: it gets built-in defaults\n"
                       "python3[{pid}]: would set 1\n"
                       "  would set: fd 3 on port {server}, built-in defaults: keepalive off -> on, idle 7200s -> 60s, "
                       "interval 75s -> 30s, count 9 -> 5\n"));
    const Kashim leaves("[[rule]]\nname = \"quiet\"\nprogram = \"python3*\"\nkeepalive = \"leave\"\n");
    expect(leaves({"apply", pid}), 0,
           script.fill("python3[{pid}]: the rules leave this program alone (keepalive = \"leave\")\n"
                       "python3[{pid}]: left by rule 1\n"
                       "  left: 1 socket, rule \"quiet\" at line 1: keepalive = \"leave\"\n"));
    EXPECT_EQ(values_of(script.pid(), 3), Values{});
}

TEST(Apply, AListenerWhoseRuleDependsOnThePeerIsLeft)
{
    const Script script(R"(
server = listener()
client, accepted = connection(server)
say(server=port(server))
)");
    const Kashim kashim("[[rule]]\npeer = \"127.0.0.0/8\"\nidle = 20\ninterval = 5\ncount = 4\n\n"
                        "[[rule]]\nkeepalive = \"leave\"\n");
    kashim({"apply", script.said("pid")});
    EXPECT_EQ(values_of(script.pid(), 3), Values{});
    EXPECT_EQ(values_of(script.pid(), 4), kOurs);
    EXPECT_EQ(values_of(script.pid(), 5), kOurs);
}

TEST(Apply, ARedisThatStartedBeforeGetsOurValuesOnItsListenersAndKeepsItsOwnOnConnections)
{
    KASHIM_NEEDS("redis-server");
    const std::string port = std::to_string(free_port());
    const TempDir folder;
    Process redis({.arguments = {debian_path("redis-server"), "--port", port, "--bind", "127.0.0.1", "--save", "",
                                 "--dir", folder.path()}});
    Connection connection = connect_to("127.0.0.1", static_cast<std::uint16_t>(std::stoi(port)));
    connection.send("PING\r\n");
    EXPECT_EQ(connection.receive_until("\r\n"), "+PONG\r\n");
    const Kashim kashim("[[rule]]\nname = \"cache\"\nprogram = \"redis-server\"\nport = " + port +
                        "\nidle = 20\ninterval = 5\ncount = 4\n");
    const std::string pid = std::to_string(redis.pid());
    expect(kashim({"apply", pid}), 0,
           "redis-server[" + pid +
               "]: set 1, left to the program 1\n  set: 1 socket, rule \"cache\" at line 1: " + kFromNothing +
               "  left: 1 socket, rule \"cache\" at line 1: what counts as the program's: idle=300s interval=100s "
               "count=3\n");
    const auto kept = socket_accepted_on(redis.pid(), static_cast<std::uint16_t>(std::stoi(port)));
    EXPECT_EQ(kept->values, (Values{.keepalive = 1, .idle = 300, .interval = 100, .count = 3}));
    expect(kashim({"apply", "--override", pid}), 0,
           "redis-server[" + pid +
               "]: set 1, already right 1\n"
               "  set: 1 socket, rule \"cache\" at line 1: idle 300s -> 20s, interval 100s -> 5s, count 3 -> 4\n");
    EXPECT_EQ(socket_accepted_on(redis.pid(), static_cast<std::uint16_t>(std::stoi(port)))->values, kOurs);
    connection.send("PING\r\n");
    EXPECT_EQ(connection.receive_until("\r\n"), "+PONG\r\n");
}

TEST(Apply, AProcessInAnotherNetworkNamespaceIsReached)
{
    const Script script(R"(
server = listener()
client, accepted = connection(server)
)",
                        {.arguments = {"unshare", "--net", "--map-root-user", "--keep-caps", "sh", "-c",
                                       "ip link set lo up && exec \"$@\"", "sh"}});
    const Kashim kashim(kRule);
    expect(kashim({"apply", script.said("pid")}), 0,
           script.fill("python3[{pid}]: set 3\n  set: 3 sockets, rule \"all\" at line 1: ") + kFromNothing);
    for (const TcpSocket& socket : tcp_sockets(script.pid()))
        EXPECT_EQ(socket.values, kOurs) << socket;
}

TEST(Apply, TheTimerIsTheOneThatTheKernelShows)
{
    const Script script(R"(
server = listener()
client, accepted = connection(server)
say(client=port(client))
)");
    const Kashim kashim(kRule);
    ASSERT_EQ(kashim({"apply", script.said("pid")}).exit_code, 0);
    const Result ss = run({.arguments = {"ss", "-tnoHe", "sport", "=", ":" + script.said("client")}});
    EXPECT_TRUE(std::regex_search(ss.out, std::regex("timer:\\(keepalive,(19|20)(\\.[0-9]+m?s|sec),0\\)"))) << ss;
}

TEST(Apply, TheDocumentSaysWhatTheReportSays)
{
    const Script script(kWithOwnValues);
    const Kashim kashim("[[rule]]\nname = \"own\"\ndirection = \"outbound\"\nidle = 60\ninterval = 15\ncount = 8\n\n"
                        "[[rule]]\nport = 1\n");
    const Result text = kashim({"apply", "-n", script.said("pid")});
    const json document = json::parse(kashim({"apply", "-n", "--json", script.said("pid")}).out);
    EXPECT_EQ(document["dry_run"], true);
    EXPECT_EQ(document["problems"], json::array());
    const json& process = document["processes"][0];
    EXPECT_EQ(process["pid"], script.pid());
    EXPECT_EQ(process["sockets"]["set"], 2);
    EXPECT_EQ(process["sockets"]["left_to_program"], 1);
    EXPECT_TRUE(text.out.starts_with(script.fill("python3[{pid}]: would set 2, left to the program 1\n"))) << text;
    EXPECT_EQ(process["changes"].size(), 2u);
    const json& listener = process["changes"][0];
    EXPECT_EQ(listener["listens"], true);
    EXPECT_EQ(listener["peer"], nullptr);
    EXPECT_EQ(listener["values"],
              json::parse(R"({"keepalive": false, "idle": 7200, "interval": 75, "count": 9, "user_timeout_ms": 0})"));
    EXPECT_EQ(listener["set"], json::parse(R"({"keepalive": true, "idle": 60, "interval": 30, "count": 5})"));
    EXPECT_EQ(listener["rule"], json::parse(R"({"name": "built-in defaults"})"));
    EXPECT_NE(text.out.find(
                  "  would set: fd 3 on port " + script.said("server") +
                  ", built-in defaults: keepalive off -> on, idle 7200s -> 60s, interval 75s -> 30s, count 9 -> 5\n"),
              std::string::npos)
        << text;
    const json& left = process["left"][0];
    EXPECT_EQ(left["fd"], 4);
    EXPECT_EQ(left["by_rule"], false);
    EXPECT_EQ(left["left_to_program"], json::parse(R"(["idle"])"));
    EXPECT_EQ(left["rule"], json::parse(R"({"name": "own", "line": 1})"));
    EXPECT_NE(text.out.find("  left: fd 4 to 127.0.0.1:" + script.said("server") +
                            ", rule \"own\" at line 1: what counts as the program's: idle=15s\n"),
              std::string::npos)
        << text;
}

}  // namespace
}  // namespace kashim::test
