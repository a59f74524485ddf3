// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What kashim explain takes a program and an address for, and what it refuses.
#include "cli/explain_support.h"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <chrono>
#include <filesystem>

namespace kashim::test {
namespace {

using nlohmann::json;

TEST_F(Explain, EveryAddressOfANameIsAnsweredAndEqualAnswersTogether)
{
    file("");
    const Result result = explain({"--outbound", "localhost:5432"});
    // One family may be missing here, and which comes first is the resolver's choice.
    const std::string line = first_line(result);
    const std::string peers = line.substr(0, line.find(')') + 1);
    EXPECT_TRUE(peers == "a program to localhost:5432 ([::1]:5432, 127.0.0.1:5432)" ||
                peers == "a program to localhost:5432 (127.0.0.1:5432, [::1]:5432)" ||
                peers == "a program to localhost:5432 (127.0.0.1:5432)" ||
                peers == "a program to localhost:5432 ([::1]:5432)")
        << result;
    const json answers = json::parse(explain({"--outbound", "localhost:5432", "--json"}).out)["answers"];
    EXPECT_EQ(answers.size(), 1u);
}

TEST_F(Explain, AddressesOfANameThatMeetDifferentRulesHaveAnAnswerEach)
{
    file(
        "[[rule]]\nname = \"old\"\npeer = \"127.0.0.0/8\"\nidle = 10\n[[rule]]\nname = \"new\"\npeer = \"::1\"\nidle = "
        "20\n");
    const json document = json::parse(explain({"--outbound", "localhost:5432", "--json"}).out);
    ASSERT_GE(document["answers"].size(), 1u);
    for (const json& answer : document["answers"]) {
        ASSERT_EQ(answer["peers"].size(), 1u);
        const bool old = answer["peers"][0] == "127.0.0.1";
        EXPECT_EQ(answer["decides"]["name"], old ? "old" : "new");
        EXPECT_EQ(answer["timeline"]["first_probe"], old ? 10 : 20);
    }
    const Result result = explain({"--outbound", "localhost:5432"});
    std::size_t headlines = 0;
    for (std::size_t at = 0; (at = result.out.find("a program to localhost:5432 (", at)) != std::string::npos; ++at)
        ++headlines;
    EXPECT_EQ(headlines, document["answers"].size() == 1 ? 1u : 4u) << result;
}

TEST_F(Explain, AMappedAddressIsTheIPv4One)
{
    file("[[rule]]\nname = \"lan\"\npeer = \"10.0.0.0/8\"\n");
    EXPECT_EQ(
        first_line(explain({"--outbound", "[::ffff:10.0.0.1]:5432"})),
        "a program to ::ffff:10.0.0.1:5432 (10.0.0.1:5432): dead after 210s of silence, by rule \"lan\" at line 1");
}

TEST_F(Explain, WhoConnectsToNoAddressConnectsToLoopback)
{
    file("[[rule]]\nname = \"own\"\npeer = [\"127.0.0.0/8\", \"::1\"]\n");
    expect_part(first_line(explain({"--outbound", "0.0.0.0:5432"})),
                "a program to 0.0.0.0:5432 (127.0.0.1:5432): dead after 210s of silence, by rule \"own\"");
    expect_part(first_line(explain({"--outbound", "[::]:5432"})), "([::1]:5432)");
}

TEST_F(Explain, APortMayBeTheNameOfAService)
{
    file("");
    if (!std::filesystem::exists("/etc/services"))
        GTEST_SKIP() << "skipped, because this machine knows no services";
    expect_part(first_line(explain({"--outbound", "10.0.0.1:http"})), "a program to 10.0.0.1:80: ");
}

TEST_F(Explain, WhatCannotBeAskedIsSaid)
{
    file("");
    expect_failure(explain({"--outbound", "nowhere.invalid:5432"}),
                   "kashim explain: \"nowhere.invalid\" has no address: the name is not known\n");
    expect_failure(explain({"--outbound", "10.0.0.1"}),
                   "kashim explain: \"10.0.0.1\" names no port; write ADDRESS:PORT\n");
    expect_failure(explain({"--outbound", "\x1b[31m"}),
                   "kashim explain: \"?[31m\" names no port; write ADDRESS:PORT\n");
    expect_failure(explain({"--outbound", ":5432"}), "kashim explain: \":5432\" names no address\n");
    expect_failure(explain({"--outbound", "10.0.0.1:"}), "kashim explain: \"10.0.0.1:\" names no port\n");
    expect_failure(explain({"--outbound", "fd00::1:5432"}),
                   "kashim explain: an IPv6 address stands in brackets: [ADDRESS]:PORT, not \"fd00::1:5432\"\n");
    expect_failure(explain({"--outbound", "[fd00::1]5432"}),
                   "kashim explain: \"[fd00::1]5432\" is not [ADDRESS]:PORT\n");
    for (const char* const port : {"0", "65536", "99999999999", "no-such-service", "-1", "80x"})
        expect_failure(explain({"--inbound", std::string(":") + port}),
                       std::string("kashim explain: the port \"") + port +
                           "\" is neither a number from 1 to 65535 nor a service that is known here\n");
    expect_failure(explain({"--outbound", "10.0.0.1:80", "--pid", "999999999"}),
                   "kashim explain: there is no process 999999999\n");
}

TEST_F(Explain, WrongUsageIsSaid)
{
    file("");
    const std::string see = "see: kashim explain --help\n";
    expect_failure(explain({}),
                   "kashim explain: --outbound ADDRESS:PORT or --inbound ADDRESS:PORT is required\n" + see);
    expect_failure(explain({"--outbound", "10.0.0.1:80", "--inbound", ":80"}),
                   "kashim explain: --outbound excludes --inbound\n" + see);
    expect_failure(explain({"--outbound", "10.0.0.1:80", "--peer", "10.0.0.2"}),
                   "kashim explain: --peer requires --inbound\n" + see);
    expect_failure(explain({"--outbound", "10.0.0.1:80", "--system", "bsd"}),
                   "kashim explain: --system: it is linux or macos\n" + see);
    expect_failure(explain({"--outbound", "10.0.0.1:80", "--pid", "nginx"}),
                   "kashim explain: --pid: it is not a process number\n" + see);
    // Not 8: the number is no octal one.
    expect_failure(explain({"--outbound", "10.0.0.1:80", "--pid", "010"}),
                   "kashim explain: --pid: it is not a process number\n" + see);
}

TEST_F(Explain, AnErrorInTheConfigurationIsPrintedAsCheckPrintsIt)
{
    const std::string path = file("[defaults]\nidel = 20\n[[rule]]\npeer = \"10.0.0.1/8\"\n");
    expect_failure(explain({"--outbound", "10.0.0.1:80"}),
                   path +
                       ":2:1: error: unknown key \"idel\" in [defaults]; did you mean \"idle\"?\n"
                       "    2 | idel = 20\n"
                       "      | ^\n" +
                       path +
                       ":4:8: warning: peer \"10.0.0.1/8\" has bits set behind its prefix; it means \"10.0.0.0/8\"\n"
                       "    4 | peer = \"10.0.0.1/8\"\n"
                       "      |        ^\n"
                       "kashim explain: nothing is in force with such a configuration: programs run without kashim\n",
                   1);
    std::filesystem::remove(path);
    expect_failure(explain({"--outbound", "10.0.0.1:80"}),
                   path +
                       ": error: it does not exist\n"
                       "kashim explain: nothing is in force with such a configuration: programs run without kashim\n");
}

TEST_F(Explain, AFileThatWasPassedOverIsSaid)
{
    if (::getuid() != 0)
        GTEST_SKIP() << "skipped, because becoming another user needs privilege";
    const std::filesystem::path hidden = std::filesystem::path(folder()) / "hidden";
    std::filesystem::create_directories(hidden / "kashim");
    write_file(hidden / "kashim" / "kashim.toml", "");
    std::filesystem::permissions(hidden, std::filesystem::perms::owner_all);
    Command command{{KASHIM_COMMAND, "explain", "--outbound", "10.0.0.1:80"}, {"XDG_CONFIG_HOME=" + hidden.string()}};
    command.uid = 65534;
    const Result result = run(command);
    EXPECT_EQ(result.exit_code, 0) << result;
    expect_part(result.err, hidden.string() + "/kashim/kashim.toml: warning: ");
}

/// What explain takes a program for.
json program_of(const Result& result)
{
    return json::parse(result.out)["program"];
}

TEST_F(Explain, AProgramIsTakenForWhatItWouldBeIfItWereStartedFromHere)
{
    file("[[rule]]\nname = \"by path\"\nprogram = \"" KASHIM_HOLDS "\"\n");
    for (const std::string& name : {std::string("client"), client(), std::string("bin/client")}) {
        const Result result = explain({"--program", name, "--outbound", "10.0.0.1:80", "--json"});
        const json program = program_of(result);
        EXPECT_EQ(program["executable"], KASHIM_HOLDS);
        EXPECT_EQ(program["executed"], name == "bin/client" ? name : client());
        EXPECT_EQ(program["name"], "client");
        EXPECT_EQ(json::parse(result.out)["answers"][0]["decides"]["name"], "by path");
    }
}

TEST_F(Explain, AScriptIsTakenForItsInterpreterWithTheScript)
{
    file("");
    const std::string script = write_file(std::filesystem::path(folder()) / "bin/job", "#!/bin/sh\n");
    std::filesystem::permissions(script, std::filesystem::perms::owner_all);
    const json program = program_of(explain({"--program", "job", "--outbound", "10.0.0.1:80", "--json"}));
    EXPECT_EQ(program["executable"], std::filesystem::canonical("/bin/sh").string());
    EXPECT_EQ(program["executed"], script);
    EXPECT_EQ(program["name"], "job");
    EXPECT_EQ(program["script"], script);
    EXPECT_EQ(program["command"], "/bin/sh " + script);
    EXPECT_EQ(program["assumed"].at(1),
              "the script connects or listens itself; what it starts is a program of its own");
}

TEST_F(Explain, ACommandLineIsForPatternsOfCommandLines)
{
    file("[[rule]]\nname = \"all\"\ncommand = \"client  --all *\"\n");
    const std::vector<std::string> asked{"--command", "client  --all now", "--outbound", "10.0.0.1:80"};
    EXPECT_EQ(first_line(explain(asked)),
              "client to 10.0.0.1:80: dead after 210s of silence, by rule \"all\" at line 1");
    expect_part(explain(asked).out, "  command       client  --all now\n"
                                    "  assumed       it is started from here, with this PATH and working "
                                    "folder\n\n");
}

TEST_F(Explain, OfAProgramThatIsNotHereTheNameCounts)
{
    file("[[rule]]\nname = \"by path\"\nprogram = \"/opt/*\"\n[[rule]]\nname = \"by name\"\nprogram = \"elsewhere\"\n");
    const Result by_name = explain({"--program", "elsewhere", "--outbound", "10.0.0.1:80"});
    expect_part(first_line(by_name), "by rule \"by name\" at line 4");
    expect_part(by_name.out, "\nprogram\n"
                             "  executable    none\n"
                             "  executed      elsewhere\n"
                             "  name          elsewhere\n"
                             "  script        none\n"
                             "  command       elsewhere\n"
                             "  assumed       elsewhere is in no folder of PATH: patterns with a slash cannot "
                             "match it\n"
                             "  assumed       it is started without arguments; --command gives the whole "
                             "command line\n");
    expect_part(first_line(explain({"--program", "/opt/elsewhere", "--outbound", "10.0.0.1:80"})),
                "by rule \"by path\" at line 1");
}

TEST_F(Explain, ARunningProgramIsAskedWhatItIs)
{
    file("[[rule]]\nname = \"client\"\nprogram = \"client\"\ncommand = \"*127.0.0.1*\"\n");
    Process process({.arguments = {client(), "listen", "127.0.0.1", std::to_string(free_port())}});
    ASSERT_TRUE(process.says("listening")) << process.err();
    const std::string pid = std::to_string(process.pid());
    const Result result = explain({"--pid", pid, "--outbound", "10.0.0.1:80"});
    EXPECT_EQ(first_line(result),
              "process " + pid + " to 10.0.0.1:80: dead after 210s of silence, by rule \"client\" at line 1");
    expect_part(result.out, "\nbut the library does not reach it: ");
    expect_part(result.out, "  executable    " KASHIM_HOLDS "\n  executed      " + client() + "\n");
}

TEST_F(Explain, OfARunningProgramItsOwnConfigurationCounts)
{
    const std::string own = write_file(folder() + "/own.toml", "[defaults]\nidle = 7\ninterval = 1\ncount = 2\n");
    Process process({.arguments = {client(), "listen", "127.0.0.1", std::to_string(free_port())},
                     .environment = {"KASHIM_CONFIG=" + own, "KASHIM_OPTIONS=count=3", "LD_PRELOAD=" KASHIM_LIBRARY}});
    ASSERT_TRUE(process.says("listening")) << process.err();
    const std::string pid = std::to_string(process.pid());
    const Result result = explain({"--pid", pid, "--outbound", "10.0.0.1:80"}, {"KASHIM_DISABLE=1"});
    EXPECT_EQ(first_line(result), "process " + pid +
                                      " to 10.0.0.1:80: no rule is for this program: dead after 10s of "
                                      "silence, by [defaults] at line 1 with KASHIM_OPTIONS");
    expect_part(result.out, "\nconfiguration\n  file          " + own + "\n  options       count=3\n");
    EXPECT_EQ(json::parse(explain({"--pid", pid, "--outbound", "10.0.0.1:80", "--json"}).out)["configuration"]["file"],
              own);
    EXPECT_EQ(result.out.find("as it is now"), std::string::npos) << result;
    using namespace std::chrono_literals;
    std::filesystem::last_write_time(own, std::filesystem::file_time_type::clock::now() + 1h);
    expect_part(explain({"--pid", pid, "--outbound", "10.0.0.1:80"}).out,
                "  assumed       it read " + own + " as it is now; the file was written after the process started\n");
    file("[defaults]\nidle = 20\ninterval = 1\n");
    expect_part(first_line(explain({"--pid", pid, "--outbound", "10.0.0.1:80"})), ": dead after 23s of silence");
}

TEST_F(Explain, ThatTheLibraryDoesNotReachAProgramIsSaid)
{
    file("");
    const char* const busybox = "/bin/busybox";
    if (!std::filesystem::exists(busybox))
        GTEST_SKIP() << "skipped, because busybox-static is not installed";
    expect_part(explain({"--program", busybox, "--outbound", "10.0.0.1:80"}).out,
                "\nbut the library does not reach it: it is statically linked");
}

TEST_F(Explain, ThatThereIsNoLibraryIsSaid)
{
    const std::filesystem::path copy = folder() + "/elsewhere/bin/kashim";
    std::filesystem::create_directories(copy.parent_path());
    std::filesystem::copy_file(KASHIM_COMMAND, copy);
    const Result result =
        run({.arguments = {copy, "explain", "--program", client(), "--outbound", "10.0.0.1:80", "--config", file("")}});
    expect_part(result.out, "\nbut the library does not reach it: the library is missing; looked for " + folder() +
                                "/elsewhere/lib/libkashim.so and ");
}

TEST_F(Explain, ThatNobodyCanTellWhetherTheLibraryReachesItIsSaid)
{
    if (::getuid() != 0)
        GTEST_SKIP() << "skipped, because becoming another user needs privilege";
    const std::string path = file("");
    Process process({.arguments = {client(), "listen", "127.0.0.1", std::to_string(free_port())}});
    ASSERT_TRUE(process.says("listening")) << process.err();
    Command command{.arguments = {KASHIM_COMMAND, "explain", "--pid", std::to_string(process.pid()), "--outbound",
                                  "10.0.0.1:80", "--config", path}};
    command.uid = 65534;
    expect_part(run(command).out,
                "  assumed       the library reaches it, which cannot be told: this user may not look "
                "into it: it belongs to uid 0\n");
}

TEST_F(Explain, MachinesGetAllOfItInOneDocument)
{
    const std::string path = file("[[rule]]\nname = \"lan\"\npeer = \"10.0.0.0/8\"\nport = 443\nidle = 300\n"
                                  "user_timeout = \"auto\"\n[[rule]]\nport = 80\n");
    const Result result = explain({"--program", "client", "--inbound", ":443", "--json", "--set", "count=2"});
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_EQ(result.err, "");
    const json expected = json::parse(R"({
  "disabled": false,
  "system": "linux",
  "program": {
    "executable": ")" KASHIM_HOLDS R"(",
    "executed": ")" + client() + R"(",
    "name": "client",
    "script": "",
    "command": "client",
    "assumed": [
      "it is started from here, with this PATH and working folder",
      "it is started without arguments; --command gives the whole command line"
    ],
    "unreached": null
  },
  "configuration": {"file": ")" + path +
                                      R"(", "options": "count=2", "rules": 2, "rules_for_program": 2},
  "connection": {"direction": "inbound", "host": "", "port": 443},
  "answers": [
    {
      "peers": [],
      "decides": {"record": "defaults", "name": null, "line": null},
      "depends_on_peer": true,
      "rules": [
        {"record": "rule", "name": "lan", "line": 1, "matches": false, "asked": true, "failing": [], "awaits_peer": true},
        {"record": "rule", "name": null, "line": 7, "matches": false, "asked": true, "failing": ["port"],
         "awaits_peer": false}
      ],
      "values": {
        "keepalive": {"value": true, "origin": {"source": "built in"}},
        "idle": {"value": 60, "origin": {"source": "built in"}},
        "interval": {"value": 30, "origin": {"source": "built in"}},
        "count": {"value": 2, "origin": {"source": "--set"}},
        "user_timeout": {"value": 0, "auto": false, "origin": {"source": "built in"}},
        "app": {"value": "respect", "origin": {"source": "built in"}}
      },
      "options": {"SO_KEEPALIVE": 1, "TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 30, "TCP_KEEPCNT": 2, "TCP_USER_TIMEOUT": 0},
      "set_before": {
        "socket": {"record": "defaults", "name": null, "line": null},
        "listen": {"record": "defaults", "name": null, "line": null}
      },
      "timeline": {"probes": 2, "first_probe": 60, "interval": 30, "death": 120, "user_timeout_decides": false,
                   "in_flight_ms": null, "connect_ms": null},
      "middleboxes": [
        {"name": "Azure load balancer", "silence": 240, "forgets": false},
        {"name": "AWS network load balancer and NAT gateway", "silence": 350, "forgets": false},
        {"name": "Google Cloud VPC", "silence": 600, "forgets": false},
        {"name": "Linux IPVS", "silence": 900, "forgets": false}
      ]
    }
  ]
})");
    EXPECT_EQ(json::parse(result.out), expected) << result.out;
    const json peer = json::parse(
        explain({"--program", "client", "--inbound", ":443", "--peer", "10.0.0.1", "--json"}).out)["answers"][0];
    EXPECT_EQ(peer["decides"]["line"], 1);
    EXPECT_EQ(peer["values"]["user_timeout"],
              json({{"value", 450000},
                    {"auto", true},
                    {"origin", {{"source", "rule"}, {"file", path}, {"line", 6}, {"column", 16}}}}));
    EXPECT_EQ(peer["timeline"], json({{"probes", 5},
                                      {"first_probe", 300},
                                      {"interval", 30},
                                      {"death", 450},
                                      {"user_timeout_decides", true},
                                      {"in_flight_ms", 450000},
                                      {"connect_ms", 450000}}));
}

}  // namespace
}  // namespace kashim::test
