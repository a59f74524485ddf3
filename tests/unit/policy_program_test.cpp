// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "policy/program.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace kashim::test {
namespace {

using policy::matches;
using policy::matches_command;
using policy::matches_program;
using policy::Program;
using policy::Selector;

std::string script_of(std::string_view executable, std::vector<std::string_view> arguments)
{
    return std::string(policy::script_of(executable, arguments));
}

// A command line as it is typed; no argument of these tests holds a blank.
std::string script_of(std::string_view line)
{
    std::vector<std::string_view> arguments;
    while (!line.empty()) {
        const std::size_t end = line.find(' ');
        arguments.push_back(line.substr(0, end));
        line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    }
    return script_of(arguments.front(), arguments);
}

const Program kPython{.executable = "/usr/bin/python3.11",
                      .executed = "/opt/app/bin/gunicorn",
                      .name = "gunicorn: maste",
                      .script = "/opt/app/lib/run.py",
                      .command = "/usr/bin/python3 /opt/app/lib/run.py --port 80"};

// --- which program -------------------------------------------------------------------------------

TEST(PolicyProgram, APatternWithoutASlashIsForTheFourNames)
{
    EXPECT_TRUE(matches_program("python3.11", kPython));
    EXPECT_TRUE(matches_program("gunicorn", kPython));
    EXPECT_TRUE(matches_program("gunicorn:*", kPython));
    EXPECT_TRUE(matches_program("run.py", kPython));
    EXPECT_TRUE(matches_program("py*", kPython));
    EXPECT_FALSE(matches_program("python3", kPython));
    EXPECT_FALSE(matches_program("bin", kPython));
    EXPECT_FALSE(matches_program("80", kPython));
}

TEST(PolicyProgram, APatternWithASlashIsForTheTwoPaths)
{
    EXPECT_TRUE(matches_program("/usr/bin/python3*", kPython));
    EXPECT_TRUE(matches_program("/opt/app/bin/gunicorn", kPython));
    EXPECT_TRUE(matches_program("*/gunicorn", kPython));
    EXPECT_FALSE(matches_program("/opt/app/lib/run.py", kPython));  // the script is a name, not a path
    EXPECT_FALSE(matches_program("bin/gunicorn", kPython));
}

TEST(PolicyProgram, AProcessNameIsCutByTheKernelAndMatchesAsItIs)
{
    Program cut;
    cut.name = "systemd-resolve";  // of systemd-resolved
    EXPECT_TRUE(matches_program("systemd-resolve", cut));
    EXPECT_FALSE(matches_program("systemd-resolved", cut));
    EXPECT_TRUE(matches_program("systemd-resolve*", cut));
}

TEST(PolicyProgram, WhatIsUnknownMatchesNothing)
{
    EXPECT_FALSE(matches_program("*", Program{}));
    EXPECT_FALSE(matches_program("*/*", Program{}));
    EXPECT_FALSE(matches_program("", Program{}));
}

TEST(PolicyProgram, ACommandPatternIsForTheWholeLine)
{
    EXPECT_TRUE(matches_command("*run.py*", kPython));
    EXPECT_FALSE(matches_command("run.py", kPython));
    EXPECT_TRUE(matches_command("/usr/bin/python3 * --port 80", kPython));
}

TEST(PolicyProgram, ACommandIsCutAfterFourThousandAndNinetySixBytes)
{
    const std::string line(4095, 'a');
    Program program;
    const std::string whole = line + "b";
    program.command = whole;
    EXPECT_TRUE(matches_command("a*b", program));
    const std::string longer = whole + "c";
    program.command = longer;
    EXPECT_TRUE(matches_command("a*b", program));
    EXPECT_FALSE(matches_command("*c", program));
}

TEST(PolicyProgram, ASelectorNeedsOneOfItsProgramsAndOneOfItsCommands)
{
    EXPECT_TRUE(matches(Selector{}, kPython));
    EXPECT_TRUE(matches(Selector{}, Program{}));
    EXPECT_TRUE(matches(Selector{{"nginx", "gunicorn"}, {}}, kPython));
    EXPECT_FALSE(matches(Selector{{"nginx", "redis"}, {}}, kPython));
    EXPECT_TRUE(matches(Selector{{"gunicorn"}, {"*redis*", "*--port*"}}, kPython));
    EXPECT_FALSE(matches(Selector{{"gunicorn"}, {"*redis*"}}, kPython));
    EXPECT_FALSE(matches(Selector{{"nginx"}, {"*--port*"}}, kPython));
}

TEST(PolicyProgram, TheFileNameIsWhatFollowsTheLastSlash)
{
    EXPECT_EQ(policy::file_name("/usr/bin/nginx"), "nginx");
    EXPECT_EQ(policy::file_name("nginx"), "nginx");
    EXPECT_EQ(policy::file_name("/nginx"), "nginx");
    EXPECT_EQ(policy::file_name("bin/"), "");
    EXPECT_EQ(policy::file_name(""), "");
}

// --- which script --------------------------------------------------------------------------------

TEST(PolicyScript, TheFirstArgumentOfAnInterpreterIsItsScript)
{
    for (const char* interpreter :
         {"python", "python3", "python3.11", "pypy3", "perl", "perl5.36.0", "ruby3.1", "node", "nodejs", "php8.2",
          "bash", "dash", "sh", "ksh", "zsh", "lua5.4", "tclsh8.6", "Rscript", "guile-3.0"}) {
        EXPECT_EQ(script_of(std::string("/usr/bin/") + interpreter + " /srv/run --port 80"), "/srv/run") << interpreter;
    }
}

TEST(PolicyScript, OtherProgramsRunNone)
{
    for (const char* program :
         {"nginx", "pythonic", "node_exporter", "php-fpm8.2", "shred", "luac", "rubyist", "sha256sum"})
        EXPECT_EQ(script_of(std::string("/usr/bin/") + program + " /srv/run"), "") << program;
    EXPECT_EQ(script_of("", {}), "");
    EXPECT_EQ(script_of("", {"python3", "a.py"}), "");  // without /proc nobody knows
}

TEST(PolicyScript, AnInterpreterWithoutArgumentsRunsNone)
{
    EXPECT_EQ(script_of("/usr/bin/python3", {}), "");
    EXPECT_EQ(script_of("/usr/bin/python3"), "");
    EXPECT_EQ(script_of("/usr/bin/python3 -u"), "");
    EXPECT_EQ(script_of("/usr/bin/python3 -W"), "");
    EXPECT_EQ(script_of("/usr/bin/python3 --"), "");
}

TEST(PolicyScript, OptionsAndTheirValuesArePassedOver)
{
    EXPECT_EQ(script_of("/usr/bin/python3 -u -W ignore -X dev a.py"), "a.py");
    EXPECT_EQ(script_of("/usr/bin/python3 -Wignore a.py"), "a.py");
    EXPECT_EQ(script_of("/usr/bin/python3 -uW ignore a.py"), "a.py");
    EXPECT_EQ(script_of("/usr/bin/perl -w -I lib a.pl"), "a.pl");
    EXPECT_EQ(script_of("/usr/bin/perl -Ilib a.pl"), "a.pl");
    EXPECT_EQ(script_of("/usr/bin/ruby -I lib -r json a.rb"), "a.rb");
    EXPECT_EQ(script_of("/usr/bin/node --max-old-space-size=4096 a.js"), "a.js");
    EXPECT_EQ(script_of("/usr/bin/node -r dotenv/config a.js"), "a.js");
    EXPECT_EQ(script_of("/usr/bin/php -d memory_limit=1G -f a.php"), "a.php");
    EXPECT_EQ(script_of("/bin/bash -eu -o pipefail a.sh"), "a.sh");
    EXPECT_EQ(script_of("/usr/bin/guile -L lib -e main -s a.scm"), "a.scm");
}

TEST(PolicyScript, LongOptionsWithAValueOfTheirOwnArePassedOverToo)
{
    EXPECT_EQ(script_of("/usr/bin/node --require ./tracing.js --import tsx a.js"), "a.js");
    EXPECT_EQ(script_of("/usr/bin/node --require=./tracing.js a.js"), "a.js");
    EXPECT_EQ(script_of("/bin/bash --rcfile /etc/rc a.sh"), "a.sh");
    EXPECT_EQ(script_of("/usr/bin/python3 --check-hash-based-pycs never a.py"), "a.py");
}

TEST(PolicyScript, WhatIsGluedToAnOptionIsNotReadAsMoreOptions)
{
    EXPECT_EQ(script_of("/usr/bin/perl -MData::Dumper a.pl"), "a.pl");  // there is an "e" in it
    EXPECT_EQ(script_of("/usr/bin/perl -d:Trace a.pl"), "a.pl");
    EXPECT_EQ(script_of("/usr/bin/perl -i.backup -F: a.pl"), "a.pl");
    EXPECT_EQ(script_of("/usr/bin/ruby -W:no-deprecated a.rb"), "a.rb");
    EXPECT_EQ(script_of("/usr/bin/python3 -Xfrozen_modules a.py"), "a.py");
}

TEST(PolicyScript, CodeOrAModuleOnTheCommandLineIsNoScript)
{
    EXPECT_EQ(script_of("/usr/bin/python3 -c pass a.py"), "");
    EXPECT_EQ(script_of("/usr/bin/python3 -m http.server 80"), "");
    EXPECT_EQ(script_of("/usr/bin/python3 -W ignore -m http.server"), "");
    EXPECT_EQ(script_of("/usr/bin/python3 -uc pass"), "");
    EXPECT_EQ(script_of("/usr/bin/perl -ne print a.txt"), "");
    EXPECT_EQ(script_of("/usr/bin/perl -E say"), "");
    EXPECT_EQ(script_of("/usr/bin/ruby -e p"), "");
    EXPECT_EQ(script_of("/usr/bin/node -pe 1"), "");
    EXPECT_EQ(script_of("/usr/bin/node --eval 1"), "");
    EXPECT_EQ(script_of("/usr/bin/node --print 1"), "");
    EXPECT_EQ(script_of("/usr/bin/php -r 1;"), "");
    EXPECT_EQ(script_of("/usr/bin/php --run 1;"), "");
    EXPECT_EQ(script_of("/usr/bin/php -S localhost:80 -t public"), "");
    EXPECT_EQ(script_of("/bin/sh -c /usr/sbin/nginx"), "");
    EXPECT_EQ(script_of("/bin/bash -lc /usr/sbin/nginx"), "");
}

TEST(PolicyScript, CodeFromStandardInputIsNoScript)
{
    EXPECT_EQ(script_of("/usr/bin/python3 - a.py"), "");
    EXPECT_EQ(script_of("/bin/sh -s a b"), "");
    EXPECT_EQ(script_of("/bin/bash -s -- a b"), "");
}

TEST(PolicyScript, TheScriptStandsBehindTwoDashes)
{
    EXPECT_EQ(script_of("/usr/bin/node --trace-warnings -- -odd.js"), "-odd.js");
    EXPECT_EQ(script_of("/bin/sh -e -- a.sh --"), "a.sh");
}

// #!/usr/bin/env python3 makes the kernel run env, and env runs this:
TEST(PolicyScript, AScriptThatEnvStartedIsFound)
{
    EXPECT_EQ(script_of("/usr/bin/python3.11", {"python3", "/usr/local/bin/gunicorn", "app:main"}),
              "/usr/local/bin/gunicorn");
}

TEST(PolicyScript, AnArgumentMayHoldAnything)
{
    EXPECT_EQ(script_of("/bin/sh", {"sh", "/srv/two words.sh"}), "/srv/two words.sh");
    EXPECT_EQ(script_of("/bin/sh", {"sh", ""}), "");
}

// busybox is what it is called as.
TEST(PolicyScript, TheShellInBusyboxRunsScriptsAndItsOtherAppletsDoNot)
{
    EXPECT_EQ(script_of("/bin/busybox", {"sh", "/srv/run.sh"}), "/srv/run.sh");
    EXPECT_EQ(script_of("/bin/busybox", {"/bin/ash", "-e", "/srv/run.sh"}), "/srv/run.sh");
    EXPECT_EQ(script_of("/bin/busybox", {"busybox", "sh", "/srv/run.sh"}), "/srv/run.sh");
    EXPECT_EQ(script_of("/bin/busybox", {"sh", "-c", "exec /usr/sbin/nginx"}), "");
    EXPECT_EQ(script_of("/bin/busybox", {"nc", "redis", "6379"}), "");
    EXPECT_EQ(script_of("/bin/busybox", {"busybox", "wget", "http://host/nginx"}), "");
    EXPECT_EQ(script_of("/bin/busybox", {"busybox"}), "");
    EXPECT_EQ(script_of("/bin/busybox", {}), "");
}

}  // namespace
}  // namespace kashim::test
