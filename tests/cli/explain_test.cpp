// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim explain in words, its whole output.
#include "cli/explain_support.h"

namespace kashim::test {
namespace {

const std::string kRetransmissions =
    "  no probe is sent while sent data wait for their acknowledgement: ETIMEDOUT after about 15 minutes\n"
    "  of retransmissions (net.ipv4.tcp_retries2); user_timeout would limit that\n";
const std::string kNoProbesForMiddleboxes = "  forgotten, as no probes are sent:\n"
                                            "    Azure load balancer                       after 240s of silence\n"
                                            "    AWS network load balancer and NAT gateway after 350s of silence\n"
                                            "    Google Cloud VPC                          after 600s of silence\n"
                                            "    Linux IPVS                                after 900s of silence\n";

TEST_F(Explain, TheRuleThatDecidesIsNamedFirstAndEveryOtherWithWhatDoesNotHold)
{
    const std::string path = file("[defaults]\n"
                                  "idle = \"90s\"\n"
                                  "\n"
                                  "[[rule]]\n"
                                  "name = \"cache\"\n"
                                  "port = [6379, \"6380-6390\"]\n"
                                  "[[rule]]\n"
                                  "program = [\"nginx\", \"/opt/*\"]\n"
                                  "command = \"*--all*\"\n"
                                  "direction = \"inbound\"\n"
                                  "port = 80\n"
                                  "peer = \"192.0.2.0/24\"\n"
                                  "[[rule]]\n"
                                  "name = \"database\"\n"
                                  "program = [\"pgbouncer\", \"client\"]\n"
                                  "port = [\"5000-5999\"]\n"
                                  "peer = [\"fd00::/8\", \"10.0.0.0/8\"]\n"
                                  "dead_after = \"45s\"\n"
                                  "user_timeout = \"auto\"\n"
                                  "[[rule]]\n"
                                  "name = \"rest\"\n"
                                  "[[rule]]\n"
                                  "port = 22\n");
    expect_text(
        explain({"--program", "client", "--outbound", "10.1.2.3:5432"}),
        "client to 10.1.2.3:5432: dead after 45s of silence, by rule \"database\" at line 13\n" + about_client() +
            about_file(5, 4) +
            "\n"
            "rules, the first that matches decides\n"
            "  line 4     \"cache\"    no: port is not 6379, 6380-6390\n"
            "  line 7                no: program is not \"nginx\", \"/opt/*\"; command is not \"*--all*\"; direction "
            "is not "
            "inbound; port is not 80; peer is not in 192.0.2.0/24\n"
            "  line 13    \"database\" decides: it matches: program \"client\", port 5000-5999, peer 10.0.0.0/8\n"
            "  line 20    \"rest\"     not asked: an earlier rule decided (matches everything)\n"
            "  line 22               not asked: an earlier rule decided (no: port is not 22)\n"
            "  line 1     [defaults] not asked: an earlier rule decided\n"
            "\n"
            "values, where the program sets nothing itself\n"
            "  keepalive     on               built in\n"
            "  idle          25s              " +
            path +
            ":18, dead_after\n"
            "  interval      5s               " +
            path +
            ":18, dead_after\n"
            "  count         4                " +
            path +
            ":18, dead_after\n"
            "  user_timeout  auto (45000ms)   " +
            path +
            ":19\n"
            "  app           respect          built in\n"
            "  options       SO_KEEPALIVE=1 TCP_KEEPIDLE=25 TCP_KEEPINTVL=5 TCP_KEEPCNT=4 TCP_USER_TIMEOUT=45000\n"
            "  at socket()   rule \"rest\" at line 20: keepalive=on idle=90s interval=30s count=5 user_timeout=off\n"
            "  at connect()  these values\n"
            "  who wins      what the program sets itself wins, option by option; these fill what it leaves alone\n"
            "\n"
            "a dead peer of an idle connection, on Linux\n"
            "  0s       25s      30s      35s      40s      45s\n"
            "  |--------+--------+--------+--------+--------x\n"
            "  last     probe    probe    probe    probe    dead:\n"
            "  byte     1        2        3        4        ETIMEDOUT\n"
            "  an answer starts it anew; a peer that has rebooted answers the first probe with a reset: ECONNRESET at "
            "25s\n"
            "  timers run late, by up to an eighth: user_timeout may then spare some probes, but ends nothing before "
            "45s\n"
            "\n"
            "a dead peer while data are in flight\n"
            "  sent data that nobody acknowledges end it after about 45s (user_timeout): ETIMEDOUT, or what a router "
            "said\n"
            "  so does a peer that lives, but reads nothing for so long\n"
            "  connect() too waits only 45s (user_timeout), otherwise about 130s\n"
            "\n"
            "a live peer behind a middlebox\n"
            "  the first probe, at 25s, comes before any well-known one forgets it (the soonest: Azure load balancer, "
            "240s)\n");
}

TEST_F(Explain, WithoutAFileTheBuiltInDefaultsDecideAndThatNoRuleIsThereIsSaidFirst)
{
    expect_text(explain({"--outbound", "[2001:db8::1]:443"}),
                "a program to [2001:db8::1]:443: no rule is for this program: dead after 210s of silence, by built-in "
                "defaults\n"
                "\n"
                "program\n"
                "  assumed       no program: rules for certain programs or command lines do not match; --program names "
                "one\n"
                "\n"
                "configuration\n"
                "  file          none: built-in defaults\n"
                "  rules         0, for this program: 0\n"
                "\n"
                "rules, the first that matches decides\n"
                "  built in              decides: no rule matches\n"
                "\n"
                "values, where the program sets nothing itself\n"
                "  keepalive     on               built in\n"
                "  idle          60s              built in\n"
                "  interval      30s              built in\n"
                "  count         5                built in\n"
                "  user_timeout  off              built in\n"
                "  app           respect          built in\n"
                "  options       SO_KEEPALIVE=1 TCP_KEEPIDLE=60 TCP_KEEPINTVL=30 TCP_KEEPCNT=5 TCP_USER_TIMEOUT=0\n"
                "  at socket()   these values already\n"
                "  who wins      what the program sets itself wins, option by option; these fill what it leaves alone\n"
                "\n"
                "a dead peer of an idle connection, on Linux\n"
                "  0s       60s      90s      120s     150s     180s     210s\n"
                "  |--------+--------+--------+--------+--------+--------x\n"
                "  last     probe    probe    probe    probe    probe    dead:\n"
                "  byte     1        2        3        4        5        ETIMEDOUT\n"
                "  an answer starts it anew; a peer that has rebooted answers the first probe with a reset: ECONNRESET "
                "at 60s\n"
                "\n"
                "a dead peer while data are in flight\n" +
                    kRetransmissions +
                    "\n"
                    "a live peer behind a middlebox\n"
                    "  the first probe, at 60s, comes before any well-known one forgets it (the soonest: Azure load "
                    "balancer, 240s)\n");
}

TEST_F(Explain, AConnectionThatIsLeftAloneIsSaidToBeSoFirst)
{
    const std::string path = file("[[rule]]\nname = \"hands off\"\nport = 5432\nkeepalive = \"leave\"\n");
    expect_text(explain({"--program", "client", "--outbound", "10.0.0.1:5432"}),
                "client to 10.0.0.1:5432: left alone, by rule \"hands off\" at line 1 (keepalive is \"leave\": " +
                    path + ":4)\n" + about_client() + about_file(1, 1) +
                    "\n"
                    "rules, the first that matches decides\n"
                    "  line 1     \"hands off\" decides: it matches: port 5432\n"
                    "  built in               not asked: an earlier rule decided\n"
                    "\n"
                    "values, where the program sets nothing itself\n"
                    "  keepalive     leave            " +
                    path +
                    ":4\n"
                    "\n"
                    "a dead peer of an idle connection, on Linux\n"
                    "  nothing is set: unless the program probes by itself, the connection stays for ever\n"
                    "\n"
                    "a dead peer while data are in flight\n" +
                    kRetransmissions + "\na live peer behind a middlebox\n" + kNoProbesForMiddleboxes);
}

TEST_F(Explain, ThatNothingIsProbedIsSaidFirst)
{
    const std::string path = file("[defaults]\nkeepalive = false\n[[rule]]\nport = 5432\nidle = 10\n");
    const Result result = explain({"--program", "client", "--outbound", "10.0.0.1:5432"});
    EXPECT_EQ(first_line(result),
              "client to 10.0.0.1:5432: no probes, by rule at line 3 (keepalive is false: " + path + ":2, [defaults])");
    expect_part(result.out,
                "  who wins      what the program sets itself wins: one that switches probing on gets these "
                "times\n");
    expect_part(result.out, "\n  no probes are sent: the connection stays for ever\n");
}

TEST_F(Explain, OnMacosTheSameFileMeansTheSameWithTheOptionsThatMacosHas)
{
    const std::string path = file("[[rule]]\nidle = 300\ninterval = 20\ncount = 2\nuser_timeout = \"1500ms\"\n"
                                  "app = \"override\"\n");
    expect_text(explain({"--program", "client", "--outbound", "10.0.0.1:5432", "--system", "macos"}),
                "client to 10.0.0.1:5432: dead after 340s of silence, by rule at line 1\n" + about_client() +
                    about_file(1, 1) +
                    "\n"
                    "rules, the first that matches decides\n"
                    "  line 1                decides: it matches everything\n"
                    "  built in              not asked: an earlier rule decided\n"
                    "\n"
                    "values, where the program sets nothing itself\n"
                    "  keepalive     on               built in\n"
                    "  idle          300s             " +
                    path +
                    ":2\n"
                    "  interval      20s              " +
                    path +
                    ":3\n"
                    "  count         2                " +
                    path +
                    ":4\n"
                    "  user_timeout  1500ms           " +
                    path +
                    ":5\n"
                    "  app           override         " +
                    path +
                    ":6\n"
                    "  options       SO_KEEPALIVE=1 TCP_KEEPALIVE=300 TCP_KEEPINTVL=20 TCP_KEEPCNT=2 "
                    "TCP_RXT_CONNDROPTIME=2\n"
                    "  at connect()  these values; nothing is set before\n"
                    "  who wins      these values stay, whatever the program sets; its calls succeed\n"
                    "\n"
                    "a dead peer of an idle connection, on macOS\n"
                    "  0s       300s     320s     340s\n"
                    "  |--------+--------+--------x\n"
                    "  last     probe    probe    dead:\n"
                    "  byte     1        2        ETIMEDOUT\n"
                    "  an answer starts it anew; a peer that has rebooted answers the first probe with a reset: "
                    "ECONNRESET at 300s\n"
                    "\n"
                    "a dead peer while data are in flight\n"
                    "  keepalive goes on meanwhile: nothing received for 340s ends it, acknowledgement or not\n"
                    "  retransmitting for 2s (TCP_RXT_CONNDROPTIME) ends it too; connect() is not limited\n"
                    "  read in the kernel's source, not measured\n"
                    "\n"
                    "a live peer behind a middlebox\n"
                    "  forgotten before the first probe, at 300s, comes:\n"
                    "    Azure load balancer                       after 240s of silence\n");
}

TEST_F(Explain, AListenerGetsWhatCanBeSaidBeforeThePeerIsKnown)
{
    file("[[rule]]\nname = \"lan\"\ndirection = \"inbound\"\npeer = [\"10.0.0.0/8\", \"fd00::/8\"]\nidle = 10\n"
         "[[rule]]\nport = 443\nidle = 20\n");
    const Result result = explain({"--program", "client", "--inbound", "*:443"});
    EXPECT_EQ(first_line(result), "client listening on port 443: dead after 170s of silence, by rule at line 6");
    expect_part(result.out, "  line 1     \"lan\"      for peers in 10.0.0.0/8, fd00::/8\n"
                            "  line 6                decides: it matches: port 443\n"
                            "  built in              not asked: an earlier rule decided\n");
    expect_part(result.out,
                "  at socket()   built-in defaults: keepalive=on idle=60s interval=30s count=5 user_timeout=off\n"
                "  at listen()   these values; accepted connections inherit them\n"
                "  at accept()   what the rules say for the peer\n"
                "  who wins      what the program sets itself wins, option by option; these fill what it leaves alone\n"
                "  other peers   may meet another rule: line 1; --peer ADDRESS asks for one\n");
    for (const char* const written : {":443", "443", "0.0.0.0:443", "[::]:443"}) {
        EXPECT_EQ(explain({"--program", "client", "--inbound", written}).out, result.out);
    }
}

TEST_F(Explain, WithAPeerItSaysWhatThatOneMeets)
{
    file("[[rule]]\nname = \"lan\"\npeer = [\"10.0.0.0/8\", \"fd00::/8\"]\nidle = 10\n"
         "[[rule]]\nport = 443\nidle = 20\n");
    const Result lan = explain({"--program", "client", "--inbound", ":443", "--peer", "[fd00::7]"});
    EXPECT_EQ(first_line(lan),
              "client from fd00::7 to port 443: dead after 160s of silence, by rule \"lan\" at line 1");
    expect_part(lan.out, "  at listen()   rule at line 5: keepalive=on idle=20s interval=30s count=5 user_timeout=off\n"
                         "  at accept()   these values\n");
    EXPECT_EQ(first_line(explain({"--program", "client", "--inbound", ":443", "--peer", "::ffff:10.0.0.1"})),
              "client from 10.0.0.1 to port 443: dead after 160s of silence, by rule \"lan\" at line 1");
    EXPECT_EQ(first_line(explain({"--program", "client", "--inbound", ":443", "--peer", "192.0.2.1"})),
              "client from 192.0.2.1 to port 443: dead after 170s of silence, by rule at line 5");
}

TEST_F(Explain, WhereALeaveMayWinTheListenerGetsNothing)
{
    file("[[rule]]\npeer = \"10.0.0.0/8\"\nkeepalive = \"leave\"\n");
    const Result result = explain({"--program", "client", "--inbound", ":443"});
    expect_part(result.out,
                "  at socket()   nothing: a rule for this program says \"leave\", and what was set stays set\n"
                "  at listen()   nothing: a rule for this port names peers\n"
                "  at accept()   what the rules say for the peer\n");
}

TEST_F(Explain, ValuesLaidOverTheFileAreCalledSo)
{
    const std::string path = file("[[rule]]\nidle = 20\napp = \"cap\"\n");
    const Result result = explain(
        {"--program", "client", "--outbound", "10.0.0.1:5432", "--set", "dead_after=2m", "--set", "app=respect"},
        {"KASHIM_OPTIONS=user_timeout=5m app=override"});
    expect_part(result.out, about_file(1, 1, "user_timeout=5m dead_after=2m app=respect"));
    expect_part(result.out, "  keepalive     on               built in\n"
                            "  idle          60s              --set, dead_after\n"
                            "  interval      15s              --set, dead_after\n"
                            "  count         4                --set, dead_after\n"
                            "  user_timeout  300000ms         KASHIM_OPTIONS\n"
                            "  app           respect          --set\n");
}

TEST_F(Explain, AUserTimeoutThatEndsIdleConnectionsIsDrawnWithItsProbes)
{
    file("[defaults]\nidle = 1\ninterval = 1\ncount = 3\nuser_timeout = \"2500ms\"\n");
    const Result result = explain({"--program", "client", "--outbound", "10.0.0.1:5432"});
    EXPECT_EQ(first_line(result), "client to 10.0.0.1:5432: no rule is for this program: dead after 3s of silence, by "
                                  "[defaults] at line 1");
    expect_part(result.out,
                "  0s       1s       2s       3s\n"
                "  |--------+--------+--------x\n"
                "  last     probe    probe    dead:\n"
                "  byte     1        2        ETIMEDOUT\n"
                "  an answer starts it anew; a peer that has rebooted answers the first probe with a reset: "
                "ECONNRESET at 1s\n"
                "  user_timeout, 2500ms, decides in place of count, 3: it is looked at when a probe is due, "
                "after the first one\n"
                "  timers run late, by up to an eighth: user_timeout may then spare some probes, but ends "
                "nothing before 2500ms\n");
}

TEST_F(Explain, ThatTheLibraryIsSwitchedOffIsSaidBeforeAllElse)
{
    file("");
    const Result result = explain({"--outbound", "10.0.0.1:5432"}, {"KASHIM_DISABLE=1"});
    EXPECT_EQ(first_line(result),
              "KASHIM_DISABLE is set: a program that is started from here is left alone; without it:");
    EXPECT_EQ(first_line(explain({"--outbound", "10.0.0.1:5432"}, {"KASHIM_DISABLE=0"})).substr(0, 9), "a program");
}

TEST_F(Explain, AThousandRulesAreAllExplained)
{
    std::string text;
    for (int i = 1; i <= 1000; ++i)
        text += "[[rule]]\nport = " + std::to_string(i) + "\n";
    file(text);
    const Result result = explain({"--outbound", "10.0.0.1:1000"});
    EXPECT_EQ(first_line(result), "a program to 10.0.0.1:1000: dead after 210s of silence, by rule at line 1999");
    expect_part(result.out, "\n  line 1997             no: port is not 999\n"
                            "  line 1999             decides: it matches: port 1000\n");
}

}  // namespace
}  // namespace kashim::test
