// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim run --dry-run, by its whole output.
#include "cli/run_support.h"

#include <filesystem>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

class RunDryRun : public Run {
protected:
    std::string executable(std::string_view name, std::string_view text) const
    {
        const std::string path = write_file(folder_ / name, text);
        fs::permissions(path, fs::perms::owner_all | fs::perms::others_exec | fs::perms::others_read);
        return path;
    }

    Result dry_run(std::vector<std::string> arguments, std::vector<std::string> environment = {}) const
    {
        arguments.insert(arguments.begin(), "--dry-run");
        return kashim_run(std::move(arguments), std::move(environment));
    }

    void expect(const Result& result, const std::string& out) const
    {
        EXPECT_EQ(result.exit_code, 0) << result;
        EXPECT_EQ(result.out, out);
        EXPECT_EQ(result.err, "");
    }
};

const std::string kPreload = "LD_PRELOAD=" KASHIM_LIBRARY;

std::string program(const std::string& executable, const std::string& executed, const std::string& name,
                    const std::string& script, const std::string& command)
{
    return "\nprogram\n  executable    " + executable + "\n  executed      " + executed + "\n  name          " + name +
           "\n  script        " + script + "\n  command       " + command + "\n";
}

TEST_F(RunDryRun, ShowsTheCommandTheProgramAndItsRules)
{
    const std::string script = executable("an-app-with-a-long-name", "#!/bin/sh\n");
    const std::string config = file("[defaults]\nidle = 20\n\n"
                                    "[[rule]]\nname = \"others\"\nprogram = \"other\"\n\n"
                                    "[[rule]]\nname = \"database\"\nprogram = \"an-app-with-a-long-name\"\n"
                                    "port = [5432, \"6000-6010\"]\npeer = \"10.0.0.0/8\"\ndead_after = \"45s\"\n\n"
                                    "[[rule]]\ndirection = \"inbound\"\nkeepalive = false\n\n"
                                    "[[rule]]\nport = 22\nkeepalive = \"leave\"\n");
    expect(dry_run({"--set", "count=3", "./an-app-with-a-long-name", "-v", "", "a b"}, {"KASHIM_CONFIG=" + config}),
           "what is executed\n"
           "  env KASHIM_OPTIONS=count=3 " +
               kPreload + " ./an-app-with-a-long-name -v '' 'a b'\n" +
               program(fs::canonical("/bin/sh"), "./an-app-with-a-long-name", "an-app-with-a-l",
                       "./an-app-with-a-long-name", "/bin/sh ./an-app-with-a-long-name -v  a b") +
               "\nconfiguration\n"
               "  file          " +
               config +
               "\n"
               "  options       count=3\n"
               "\nrules for this program, the first that matches a connection decides\n"
               "  rule \"database\" at line 8: port 5432, 6000-6010; peer 10.0.0.0/8: dead after 40s of silence\n"
               "  rule at line 15: direction inbound: no probes\n"
               "  rule at line 19: port 22: left alone\n"
               "  [defaults] at line 1: every other connection: dead after 110s of silence\n");
    EXPECT_FALSE(script.empty());
}

TEST_F(RunDryRun, SaysFirstThatNoRuleIsForTheProgram)
{
    const std::string config = file("[[rule]]\nprogram = \"other\"\n");
    expect(dry_run({"--config", "kashim.toml", "true"}, {"PATH=/usr/bin"}),
           "true: no rule concerns it: every connection gets the built-in values (kashim.toml has no "
           "[defaults])\n"
           "\nwhat is executed\n"
           "  env KASHIM_CONFIG=" +
               config + " " + kPreload + " true\n" + program("/usr/bin/true", "/usr/bin/true", "true", "none", "true") +
               "\nconfiguration\n"
               "  file          kashim.toml\n"
               "\nrules for this program, the first that matches a connection decides\n"
               "  built-in defaults: every connection: dead after 210s of silence\n");
}

TEST_F(RunDryRun, SaysFirstThatTheProgramIsLeftAlone)
{
    const std::string config = file("[[rule]]\nname = \"sandboxed\"\nprogram = \"true\"\nkeepalive = \"leave\"\n");
    expect(dry_run({"true"}, {"PATH=/usr/bin", "KASHIM_CONFIG=" + config}),
           "true: left alone: rule \"sandboxed\" at " + config +
               ":1 says keepalive = \"leave\"\n"
               "\nwhat is executed\n"
               "  env " +
               kPreload + " true\n" + program("/usr/bin/true", "/usr/bin/true", "true", "none", "true") +
               "\nconfiguration\n"
               "  file          " +
               config +
               "\n"
               "\nrules for this program, the first that matches a connection decides\n"
               "  rule \"sandboxed\" at line 1: every connection: left alone\n");
}

TEST_F(RunDryRun, NamesWhatSaysLeaveNotWhoInheritsIt)
{
    const auto first_line = [this](const std::string& config, std::vector<std::string> arguments) {
        const std::string out = dry_run(std::move(arguments), {"PATH=/usr/bin", "KASHIM_CONFIG=" + config}).out;
        return out.substr(0, out.find('\n'));
    };
    const std::string config = file("[defaults]\nkeepalive = \"leave\"\n[[rule]]\nprogram = \"true\"\n");
    EXPECT_EQ(first_line(config, {"true"}),
              "true: left alone: [defaults] at " + config + ":1 says keepalive = \"leave\"");
    file("");
    EXPECT_EQ(first_line(config, {"--set", "keepalive=leave", "true"}),
              "true: left alone: --set says keepalive = \"leave\"");
}

TEST_F(RunDryRun, SaysFirstThatKashimIsDisabled)
{
    const std::string config = file("idel = 3\n");
    expect(dry_run({"true", "x"}, {"PATH=/usr/bin", "KASHIM_DISABLE=1", "KASHIM_CONFIG=" + config}),
           "true: KASHIM_DISABLE=1 is set: it is started without kashim\n"
           "\nwhat is executed\n"
           "  true x\n" +
               program("/usr/bin/true", "/usr/bin/true", "true", "none", "true x"));
}

TEST_F(RunDryRun, TheSameForMachines)
{
    const std::string config = file("[[rule]]\nprogram = \"true\"\nkeepalive = \"leave\"\n");
    expect(dry_run({"--json", "true", "x"}, {"PATH=/usr/bin", "KASHIM_CONFIG=" + config}),
           R"({
  "arguments": [
    "true",
    "x"
  ],
  "environment": {
    "LD_PRELOAD": ")" KASHIM_LIBRARY R"("
  },
  "disabled": false,
  "unreached": null,
  "doubt": null,
  "program": {
    "executable": "/usr/bin/true",
    "executed": "/usr/bin/true",
    "name": "true",
    "script": "",
    "command": "true x"
  },
  "configuration": {
    "file": ")" +
               config +
               R"(",
    "options": "",
    "leaves_everything": true,
    "rules": [
      {
        "record": "rule",
        "name": null,
        "line": 1,
        "values": {
          "keepalive": {
            "value": "leave",
            "origin": {
              "source": "rule",
              "file": ")" +
               config + R"(",
              "line": 3,
              "column": 13
            }
          }
        }
      }
    ]
  }
}
)");
}

TEST_F(RunDryRun, TheCommandCanBePasted)
{
    const std::vector<std::string> arguments{"",
                                             "a b",
                                             "'",
                                             "\"",
                                             "\\",
                                             "$HOME",
                                             "*",
                                             "\n",
                                             "\t\x1b[1m1",
                                             "'\n",
                                             "x=y",
                                             "~",
                                             "!!",
                                             "\xc3\xa9",
                                             "\xc2\x9b"
                                             "31m",
                                             "\xe2\x80\xae"
                                             "abc",
                                             "\xff"
                                             "1"};
    std::string expected;
    std::vector<std::string> program{"sh", "-c", "for a; do printf '<%s>' \"$a\"; done; echo \"$KASHIM_OPTIONS\"",
                                     "sh"};
    for (const std::string& argument : arguments) {
        program.push_back(argument);
        expected += "<" + argument + ">";
    }
    program.insert(program.begin(), {"--set", "idle=3s"});
    const std::string out = dry_run(program).out;
    const auto start = out.find("what is executed\n  ") + std::string("what is executed\n  ").size();
    const std::string line = out.substr(start, out.find("\n\nprogram") - start);
    EXPECT_EQ(line.find_first_of("\n\x1b\xff"), std::string::npos) << line;
    EXPECT_EQ(line.find("\xc2\x9b"), std::string::npos) << line;
    EXPECT_EQ(line.find("\xe2\x80\xae"), std::string::npos) << line;
    for (const char* shell : {"bash", "zsh"})
        EXPECT_EQ(run({.arguments = {shell, "-c", line}}).out, expected + "idle=3s\n") << shell;
}

// A user timeout ends a silent peer in the place of the count: explain counts so too.
TEST_F(RunDryRun, SaysWhenAUserTimeoutEndsASilentPeer)
{
    const std::string config = file("[defaults]\nidle = 10\ninterval = 10\ncount = 5\nuser_timeout = \"25s\"\n");
    const std::string out = dry_run({"true"}, {"PATH=/usr/bin", "KASHIM_CONFIG=" + config}).out;
    EXPECT_TRUE(out.ends_with("  [defaults] at line 1: every connection: dead after 30s of silence\n")) << out;
}

TEST_F(RunDryRun, SaysFirstWhatNobodyCanTell)
{
    executable("broken", "\177ELF");
    const Result result = dry_run({"./broken"});
    EXPECT_TRUE(result.out.starts_with("./broken: whether a preload reaches it cannot be told: ./broken is neither a "
                                       "program that Linux runs nor a script\n"))
        << result;
}

TEST_F(RunDryRun, WhatWouldFailFailsTheSameWay)
{
    executable("without-interpreter", "#!/no/such\n");
    std::string without_loader = read_file("/bin/true");
    without_loader.replace(without_loader.find("/lib"), 4, "/lob");
    executable("without-loader", without_loader);
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{"nosuchprogram"},
                                               {"./"},
                                               {"./without-interpreter"},
                                               {"./without-loader"},
                                               {"--set", "idel=3", "true"},
                                               {"--config", "nosuch.toml", "true"},
                                               {}}) {
        const Result bare = kashim_run(arguments);
        const Result dry = dry_run(arguments);
        EXPECT_EQ(dry.exit_code, bare.exit_code);
        EXPECT_EQ(dry.out, "");
        EXPECT_EQ(dry.err, bare.err);
    }
}

}  // namespace
}  // namespace kashim::test
