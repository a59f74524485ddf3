// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim check --print: what is in force, and where each value was given.
#include "check_support.h"

#include <filesystem>

namespace kashim::test {
namespace {

using CheckPrint = Check;

TEST_F(CheckPrint, EveryValueStandsBesideItsOrigin)
{
    const std::string text = R"([defaults]
idle = 50
dead_after = "4m"
user_timeout = "auto"

[[rule]]
name = "debugger"
program = "gdb"
keepalive = "leave"

[[rule]]
name = "postgres behind the load balancer"
program = ["pgbouncer", "/opt/app/bin/*"]
command = "* --pool *"
direction = "outbound"
port = [5432, "6000-6010"]
peer = ["10.0.0.0/8", "192.0.2.7", "fd00::/8", "::ffff:198.51.100.0/120"]
count = 3
dead_after = "45s"
app = "override"

[[rule]]
direction = "inbound"
keepalive = false
user_timeout = "250s"
)";
    const Result result = kashim({"check", "--print", file(text)});
    EXPECT_EQ(result.exit_code, 0) << result;
    const std::string summary = "kashim.toml: good, warnings: 2\n";
    const std::size_t end = result.out.find(summary);
    ASSERT_NE(end, std::string::npos) << result;
    EXPECT_EQ(result.out.substr(end), summary + R"(
[defaults] at line 1: dead after 240s of silence
  keepalive     on               built in
  idle          50s              kashim.toml:2, [defaults]
  interval      38s              kashim.toml:3, dead_after in [defaults]
  count         5                kashim.toml:3, dead_after in [defaults]
  user_timeout  auto (240000ms)  kashim.toml:4, [defaults]
  app           respect          built in

rule "debugger" at line 6: left alone
  program       "gdb"
  keepalive     leave            kashim.toml:9

rule "postgres behind the load balancer" at line 11: dead after 45s of silence
  program       "pgbouncer", "/opt/app/bin/*"
  command       "* --pool *"
  direction     outbound
  port          5432, 6000-6010
  peer          10.0.0.0/8, 192.0.2.7, fd00::/8, 198.51.100.0/24
  keepalive     on               built in
  idle          24s              kashim.toml:19, dead_after
  interval      7s               kashim.toml:19, dead_after
  count         3                kashim.toml:18
  user_timeout  auto (45000ms)   kashim.toml:4, [defaults]
  app           override         kashim.toml:20

rule at line 22: no probes
  direction     inbound
  keepalive     off              kashim.toml:24
  idle          50s              kashim.toml:2, [defaults]
  interval      38s              kashim.toml:3, dead_after in [defaults]
  count         5                kashim.toml:3, dead_after in [defaults]
  user_timeout  250000ms         kashim.toml:25
  app           respect          built in

sockets of a program that no rule names, before their peer is known: [defaults] at line 1
)");
}

// A user timeout ends a silent peer in the place of the count, as explain draws it.
TEST_F(CheckPrint, TheHeadingSaysWhenAUserTimeoutEndsASilentPeer)
{
    const Result result =
        kashim({"check", "--print", file("[defaults]\nidle = 10\ninterval = 10\ncount = 5\nuser_timeout = \"25s\"\n")});
    EXPECT_NE(result.out.find("\n[defaults] at line 1: dead after 30s of silence\n"), std::string::npos) << result;
}

TEST_F(CheckPrint, TheVariableAndSetLieOverEveryRuleButThoseThatLeave)
{
    const std::string path = file("[[rule]]\nport = 1\nidle = 5\n[[rule]]\nport = 2\nkeepalive = \"leave\"\n");
    expect(kashim({"check", "--print", "--set", "app=cap"}, {"KASHIM_CONFIG=" + path, "KASHIM_OPTIONS=dead_after=45s"}),
           0,
           R"(kashim.toml: good, warnings: 0
KASHIM_OPTIONS: good, warnings: 0
--set: good, warnings: 0

built-in defaults: dead after 45s of silence
  keepalive     on               built in
  idle          25s              KASHIM_OPTIONS, dead_after
  interval      5s               KASHIM_OPTIONS, dead_after
  count         4                KASHIM_OPTIONS, dead_after
  user_timeout  off              built in
  app           cap              --set

rule at line 1: dead after 45s of silence
  port          1
  keepalive     on               built in
  idle          25s              KASHIM_OPTIONS, dead_after
  interval      5s               KASHIM_OPTIONS, dead_after
  count         4                KASHIM_OPTIONS, dead_after
  user_timeout  off              built in
  app           cap              --set

rule at line 4: left alone
  port          2
  keepalive     leave            kashim.toml:6

sockets of a program that no rule names, before their peer is known: left alone, for what may decide later says leave
)");
}

TEST_F(CheckPrint, SetGivesAKeyOfTheVariableAnew)
{
    const Result result = kashim({"check", "--print", "--set", "idle=7", "--set", "count=2"},
                                 {"KASHIM_CONFIG=" + file(""), "KASHIM_OPTIONS=idle=5 interval=3"});
    expect(result, 0, R"(kashim.toml: good, warnings: 0
KASHIM_OPTIONS: good, warnings: 0
--set: good, warnings: 0

built-in defaults: dead after 13s of silence
  keepalive     on               built in
  idle          7s               --set
  interval      3s               KASHIM_OPTIONS
  count         2                --set
  user_timeout  off              built in
  app           respect          built in

sockets of a program that no rule names, before their peer is known: built-in defaults
)");
}

TEST_F(CheckPrint, ARuleForEveryProgramAndPeerIsWhatSocketsBeginWith)
{
    const Result result = checked("[[rule]]\nprogram = \"a\"\n[[rule]]\nname = \"all\"\nidle = 5\n", {"--print"});
    EXPECT_TRUE(result.out.ends_with("\nrule \"all\" at line 3: dead after 155s of silence\n"
                                     "  matches       everything\n"
                                     "  keepalive     on               built in\n"
                                     "  idle          5s               <stdin>:5\n"
                                     "  interval      30s              built in\n"
                                     "  count         5                built in\n"
                                     "  user_timeout  off              built in\n"
                                     "  app           respect          built in\n"
                                     "\n"
                                     "sockets of a program that no rule names, before their peer is known: "
                                     "rule \"all\" at line 3\n"))
        << result;
}

TEST_F(CheckPrint, DefaultsThatLeaveAreSaidInEveryRuleThatInheritsIt)
{
    expect(checked("[defaults]\nkeepalive = \"leave\"\n[[rule]]\nport = 1\n[[rule]]\nport = 2\nkeepalive = true\n",
                   {"--print"}),
           0, R"(<stdin>: good, warnings: 0

[defaults] at line 1: left alone
  keepalive     leave            <stdin>:2, [defaults]

rule at line 3: left alone
  port          1
  keepalive     leave            <stdin>:2, [defaults]

rule at line 5: dead after 210s of silence
  port          2
  keepalive     on               <stdin>:7
  idle          60s              built in
  interval      30s              built in
  count         5                built in
  user_timeout  off              built in
  app           respect          built in

sockets of a program that no rule names, before their peer is known: left alone, for what may decide later says leave
)");
}

TEST_F(CheckPrint, WithoutAFileTheBuiltInPolicyIsPrinted)
{
    const std::string system_file = KASHIM_SYSCONFDIR "/kashim/kashim.toml";
    if (std::filesystem::exists(system_file))
        GTEST_SKIP() << "skipped, because this host has a configuration: " << system_file;
    const Result result = kashim({"check", "--print"}, {"XDG_CONFIG_HOME=", "HOME="});
    expect(result, 0, "no configuration file; looked for " + system_file + R"(; the built-in values are in force

built-in defaults: dead after 210s of silence
  keepalive     on               built in
  idle          60s              built in
  interval      30s              built in
  count         5                built in
  user_timeout  off              built in
  app           respect          built in

sockets of a program that no rule names, before their peer is known: built-in defaults
)");
}

TEST_F(CheckPrint, NothingIsInForceWhereThereIsAnError)
{
    expect(checked("[defaults]\ncount = 0\n", {"--print"}), 1,
           "<stdin>:2:9: error: count must be a whole number from 1 to 127, not 0\n"
           "    2 | count = 0\n"
           "      |         ^\n"
           "<stdin>: errors: 1, warnings: 0; programs would run without kashim\n");
}

TEST_F(CheckPrint, NamesAndPatternsCannotSpeakToTheTerminal)
{
    const Result result =
        checked("[[rule]]\nname = \"a\\u202eb\"\nprogram = \"x\\u001b[31m\"\nkeepalive = \"leave\"\n", {"--print"});
    EXPECT_NE(result.out.find("\nrule \"a<U+202E>b\" at line 1: left alone\n"
                              "  program       \"x<U+001B>[31m\"\n"),
              std::string::npos)
        << result;
}

}  // namespace
}  // namespace kashim::test
