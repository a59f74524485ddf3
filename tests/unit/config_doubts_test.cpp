// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "config/doubts.h"

#include "config_support.h"

#include <gtest/gtest.h>

#include <string>

namespace kashim::test {
namespace {

TEST(ConfigDoubts, PatternsThatMatchProgramsRaiseNone)
{
    for (const char* pattern : {"nginx", "python3*", "[np]ginx", "/usr/sbin/nginx", "/opt/app/bin/*", "*/bin/java",
                                "my program", "node-18", "g++"})
        EXPECT_EQ(config::doubt_about_program(pattern), "") << pattern;
    for (const char* pattern : {"*gunicorn*", "java -jar *", "python3 ?.py"})
        EXPECT_EQ(config::doubt_about_command(pattern), "") << pattern;
}

TEST(ConfigDoubts, EachHabitFromElsewhereHasItsAnswer)
{
    const std::string list = "is no regular expression: * is any run of characters, and several programs make a list";
    const std::string expanded = "is taken as it stands: ~ and $ mean nothing here; write the whole path";
    EXPECT_EQ(config::doubt_about_program("^nginx"), list);
    EXPECT_EQ(config::doubt_about_program("nginx|redis"), list);
    EXPECT_EQ(config::doubt_about_program("nginx,redis"),
              "is one pattern: several programs make a list, [\"a\", \"b\"]");
    EXPECT_EQ(config::doubt_about_program("~/bin/x"), expanded);
    EXPECT_EQ(config::doubt_about_program("$HOME/x"), expanded);
    EXPECT_EQ(config::doubt_about_program("ng[inx"), "has a [ that is never closed, so it stands for itself");
    EXPECT_EQ(config::doubt_about_program("nginx[]"), "has a [ that is never closed, so it stands for itself");
    EXPECT_EQ(config::doubt_about_program(" nginx"), "begins or ends with a blank, which must match too");
    EXPECT_EQ(config::doubt_about_program("nginx -g"),
              "names a program without its arguments; those belong to the key command");
    EXPECT_EQ(config::doubt_about_program("/usr/bin/"),
              "ends in a slash, which no program does; add * for all in that folder");
    EXPECT_EQ(config::doubt_about_program("./foo"),
              "is a path that does not begin with a slash; the whole path is compared");
    EXPECT_EQ(config::doubt_about_program("/usr/bin/../bin/x"),
              "is compared as it stands; write the path without //, . and ..");
    EXPECT_EQ(config::doubt_about_command("gunicorn"),
              "must match the whole command line; put * around it to match a part");
}

TEST(ConfigDoubts, ADoubtIsAWarningAtItsItem)
{
    EXPECT_EQ(said_about("[[rule]]\nprogram = [\"nginx\", \"a|b\"]\nidle = 9\n"),
              (Lines{"FILE:2:21: warning: program \"a|b\" is no regular expression: * is any run of characters, and "
                     "several programs make a list"}));
}

}  // namespace
}  // namespace kashim::test
