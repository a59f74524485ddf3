// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim doctor PROGRAM on scripts: what is executed in the end.
#include "cli/doctor_support.h"

#include <string>
#include <system_error>

namespace kashim::test {
namespace {

TEST_F(Doctor, AScriptIsJudgedByWhatIsExecutedInTheEnd)
{
    built("waits", {"gcc"});
    built("fixed", {"gcc", "-static"});
    script("one", "#!" + at("waits") + "\n");
    script("two", "#!" + at("one") + " -x\n");
    EXPECT_EQ(truth({at("two")}), kReached);
    expect({{at("two")}}, 0,
           first("FOLDER/two", "reached") +
               "  script: what is executed: FOLDER/two, then FOLDER/one, then the program FOLDER/waits\n" + kScript +
               kPreload);
    script("static-one", "#!" + at("fixed") + "\n");
    EXPECT_EQ(truth({at("static-one")}), kNotReached);
    expect({{at("static-one")}}, 1,
           first("FOLDER/static-one", "not reached by a preload") + kStatic +
               "  script: what is executed: FOLDER/static-one, then the program FOLDER/fixed\n" + kScript);
}

TEST_F(Doctor, APythonScriptIsFollowedThroughEnv)
{
    const std::string path = script("app.py", "#!/usr/bin/env python3\n"
                                              "import socket, sys\ns = socket.socket()\nprint('up', flush=True)\n"
                                              "sys.stdin.read(1)\n");
    const std::vector<std::string> debian{"PATH=/usr/bin:/bin"};
    EXPECT_EQ(truth({path}, {}, debian), kReached);
    const std::string out = "  script: what is executed: FOLDER/app.py, then /usr/bin/env, then the program "
                            "/usr/bin/python3\n" +
                            kScript + kPreload;
    expect({{path}, debian}, 0, first("FOLDER/app.py", "reached") + out);

    // Rules for the script concern it, however it is started.
    configuration("[[rule]]\nname = \"app\"\nprogram = \"app.py\"\nidle = 20\n");
    const std::string row = "  configuration: FOLDER/etc/kashim/kashim.toml: of 1 rule 1 may decide about its "
                            "connections: \"app\" (line 1)\n";
    expect({{path}, debian}, 0, "FOLDER/app.py: reached\n" + out + row);
    expect({{"python3", path}, debian}, 0, "/usr/bin/python3: reached\n" + kPreload + row);
}

TEST_F(Doctor, EnvInTheFirstLineMayTakeThePreloadAway)
{
    built("waits", {"gcc"});
    script("cleared", "#!/usr/bin/env -S -i " + at("waits") + "\n");
    EXPECT_EQ(truth({at("cleared")}), kNotReached);
    expect(
        {{at("cleared")}}, 1,
        first("FOLDER/cleared", "not reached by a preload") +
            "  cleared: env takes LD_PRELOAD away before it starts the program\n"
            "      -> name LD_PRELOAD=FOLDER/lib/libkashim.so behind that env, or write the library's whole path into "
            "/etc/ld.so.preload\n"
            "  script: what is executed: FOLDER/cleared, then /usr/bin/env, then the program FOLDER/waits\n" +
            kScript);
    // What the remedy says, done.
    script("again", "#!/usr/bin/env -S -i LD_PRELOAD=" + library() + " " + at("waits") + "\n");
    EXPECT_EQ(truth({at("again")}), kReached);
    EXPECT_EQ(ask({{at("again")}}).exit_code, 0);
    script("kept", "#!/usr/bin/env -S -u HOME A=1 " + at("waits") + "\n");
    EXPECT_EQ(truth({at("kept")}), kReached);
    EXPECT_EQ(ask({{at("kept")}}).exit_code, 0);
}

TEST_F(Doctor, ATextWithoutAFirstLineIsAShellsWhereItIsFoundByName)
{
    built("waits", {"gcc"});
    script("plain", "exec " + at("waits") + "\n");
    EXPECT_EQ(truth({at("plain")}), kReached);
    expect({{at("plain")}}, 0,
           first("FOLDER/plain", "reached") +
               "  script: what is executed: FOLDER/plain (a text without a #! line), then the program /bin/sh\n" +
               kScript + kPreload);
}

TEST_F(Doctor, ScriptsThatCannotBeStartedAreNamedWithTheReason)
{
    const auto broken = [this](const std::string& name, std::string_view text, const std::string& finding) {
        const std::string path = script(name, text);
        EXPECT_THROW(Process({.arguments = {path}}), std::system_error) << "the kernel starts it";
        const Result result = ask({{path}});
        EXPECT_EQ(result.exit_code, 2);
        EXPECT_TRUE(result.out.starts_with(path + ": unknown\n  script-broken: " + finding)) << result;
    };
    broken("no-interpreter", "#!/nowhere/python\n",
           "the interpreter of " + at("no-interpreter") +
               " is /nowhere/python, which does not exist\n      -> install the interpreter, or mend the first line\n");
    broken("windows", "#!/bin/sh\r\n",
           "the first line of " + at("windows") +
               " ends with a carriage return, which counts as part of the interpreter's name\n"
               "      -> write the file with Unix line ends\n");
    // Five follow each other, six do not.
    script("s1", "#!/bin/true\n");
    for (int i = 2; i <= 5; ++i)
        script("s" + std::to_string(i), "#!" + at("s" + std::to_string(i - 1)) + "\n");
    EXPECT_TRUE(run({.arguments = {at("s5")}}).ok());
    EXPECT_EQ(ask({{at("s5")}}).exit_code, 0);
    broken("s6", "#!" + at("s5") + "\n",
           at("s1") + " is the sixth script in a row; the kernel follows five\n"
                      "      -> name a program in the first line, not a script\n");
}

}  // namespace
}  // namespace kashim::test
