// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim doctor: what it says of the configuration and of what is no program, and in which form.
#include "cli/doctor_support.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

TEST_F(Doctor, WhatIsNoProgramIsSaid)
{
    write_file(folder_ / "text", "hello\n");
    expect({{at("text")}}, 2,
           "FOLDER/text: unknown\n  not-executable: FOLDER/text may not be executed by this user\n"
           "      -> give it the right to execute (chmod +x), or ask as a user who may\n");
    script("data", std::string("\1\2\0\3", 4));
    expect({{at("data")}}, 2,
           "FOLDER/data: unknown\n  format: FOLDER/data is neither a program that Linux runs nor a script\n"
           "      -> name the program itself\n");
    expect({{folder_.path().string()}}, 2,
           "FOLDER: unknown\n  not-executable: FOLDER is no regular file\n      -> name the program itself\n");
    expect({{"no-such-program"}}, 2,
           "no-such-program: unknown\n  not-found: no-such-program is in no folder of PATH\n"
           "      -> name a program that is there; a process is asked about by its number\n");
    expect({{"./1234"}}, 2,
           "./1234: unknown\n  not-found: ./1234 does not exist\n"
           "      -> name a program that is there; a process is asked about by its number\n");
}

TEST_F(Doctor, AProgramThatMayOnlyBeExecutedCannotBeJudged)
{
    KASHIM_NEEDS_ROOT();
    const std::string program = built("waits", {"gcc"});
    ASSERT_EQ(::chmod(program.c_str(), 0711), 0);
    expect({.arguments = {program}, .uid = kNobody}, 2,
           "FOLDER/waits: unknown\n"
           "  unreadable: FOLDER/waits may be executed, but not read, by this user: what it is cannot be told\n"
           "      -> ask as root\n");
}

TEST_F(Doctor, AProgramWithoutItsLoaderCannotBeStarted)
{
    const std::string program = built("waits", {"gcc", "-Wl,--dynamic-linker=/nowhere/ld-linux.so.9"});
    EXPECT_THROW(Process({.arguments = {program}}), std::system_error) << "the kernel starts it";
    expect({{program}}, 2,
           "FOLDER/waits: unknown\n"
           "  loader-missing: FOLDER/waits needs the program loader /nowhere/ld-linux.so.9, which does not exist\n"
           "      -> install the C library that it was built for\n");
}

TEST_F(Doctor, NothingHangsOnAFifo)
{
    ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0755), 0);
    expect({{at("fifo")}}, 2,
           "FOLDER/fifo: unknown\n  not-executable: FOLDER/fifo is no regular file\n"
           "      -> name the program itself\n");
    fs::remove(library());
    ASSERT_EQ(::mkfifo(library().c_str(), 0755), 0);
    EXPECT_EQ(ask({{"true"}}).exit_code, 1);
}

TEST_F(Doctor, ALibraryThatIsMissingOrForbiddenIsNamed)
{
    KASHIM_NEEDS_ROOT();
    const std::string program = built("waits", {"gcc"});
    ASSERT_EQ(::chmod(at("lib").c_str(), 0700), 0);
    EXPECT_EQ(truth({program}, kNobody), kNotReached);
    Result result = ask({.arguments = {program}, .uid = kNobody});
    EXPECT_EQ(result.exit_code, 1) << result;
    EXPECT_NE(result.out.find("library-missing: "), std::string::npos) << result;
    fs::remove(library());
    result = ask({{program}});
    EXPECT_EQ(result.exit_code, 1) << result;
    EXPECT_NE(result.out.find("library-missing: the library is missing; looked for "), std::string::npos) << result;
    EXPECT_EQ(result.out.find("LD_PRELOAD="), std::string::npos) << result;
}

TEST_F(Doctor, AProgramThatIsLeftAloneIsCalledSoFirst)
{
    const std::string program = built("waits", {"gcc"});
    configuration("[[rule]]\nprogram = \"waits\"\nkeepalive = \"leave\"\n");
    EXPECT_EQ(truth({program}), kLoadedInVain);
    expect({{program}}, 0,
           "FOLDER/waits: left alone: rule at FOLDER/etc/kashim/kashim.toml:1 says keepalive = \"leave\"\n"
           "FOLDER/waits: reached\n" +
               kPreload);
    configuration("[defaults]\nkeepalive = \"leave\"\n\n[[rule]]\nprogram = \"other\"\nkeepalive = true\n");
    expect({{program}}, 0,
           "FOLDER/waits: left alone: [defaults] at FOLDER/etc/kashim/kashim.toml:1 says keepalive = \"leave\"\n"
           "FOLDER/waits: reached\n" +
               kPreload);
    configuration("[[rule]]\nprogram = \"other\"\nidle = 20\n");
    expect({{program}}, 0,
           "FOLDER/waits: no rule concerns it: every connection gets the built-in values "
           "(FOLDER/etc/kashim/kashim.toml has no [defaults])\n"
           "FOLDER/waits: reached\n" +
               kPreload);
}

TEST_F(Doctor, WhatIsLaidOverTheRulesIsNotKeptBack)
{
    const std::string program = built("waits", {"gcc"});
    configuration("");
    const std::string start = "FOLDER/waits: no rule concerns it: every connection gets the built-in values "
                              "(FOLDER/etc/kashim/kashim.toml has no [defaults]) with ";
    expect({{program}, {"KASHIM_OPTIONS=idle=20s"}}, 0, start + "KASHIM_OPTIONS\nFOLDER/waits: reached\n" + kPreload);
    expect({{"--set", "idle=20s", program}}, 0, start + "--set\nFOLDER/waits: reached\n" + kPreload);
}

// A rule behind one that asks for nothing but the program is never asked.
TEST_F(Doctor, OnlyRulesThatMayDecideAreCounted)
{
    const std::string program = built("waits", {"gcc"});
    configuration("[[rule]]\nprogram = \"waits\"\nport = 5\n[[rule]]\nprogram = \"waits\"\n[[rule]]\nport = 6\n");
    expect({{program}}, 0,
           "FOLDER/waits: reached\n" + kPreload +
               "  configuration: FOLDER/etc/kashim/kashim.toml: of 3 rules 2 may decide about its connections: line 1, "
               "line 4\n");
}

// A rule for one port stands before it: so the first line cannot say that the whole program is left alone.
TEST_F(Doctor, ARuleThatLeavesTheProgramAloneIsMarked)
{
    const std::string program = built("waits", {"gcc"});
    configuration("[[rule]]\nname = \"cache\"\nport = 5\n[[rule]]\nprogram = \"waits\"\nkeepalive = \"leave\"\n");
    expect(
        {{program}}, 0,
        "FOLDER/waits: reached\n" + kPreload +
            "  configuration: FOLDER/etc/kashim/kashim.toml: of 2 rules 2 may decide about its connections: \"cache\" "
            "(line 1), line 4 (leaves it alone)\n");
}

TEST_F(Doctor, AConfigurationThatIsNotInForceIsAnObstacle)
{
    const std::string program = built("waits", {"gcc"});
    configuration("idel = 3\n");
    EXPECT_EQ(truth({program}), kLoadedInVain);
    expect({{program}}, 1,
           "FOLDER/waits: not reached by a preload\n"
           "  configuration-errors: FOLDER/etc/kashim/kashim.toml has errors: nothing is in force in it\n"
           "      -> \"kashim check FOLDER/etc/kashim/kashim.toml\" says what is wrong\n" +
               kPreload);
    configuration("");
    expect({{program}, {"KASHIM_DISABLE=1"}}, 1,
           "FOLDER/waits: no rule concerns it: every connection gets the built-in values "
           "(FOLDER/etc/kashim/kashim.toml has no [defaults])\n"
           "FOLDER/waits: not reached by a preload\n"
           "  disabled: KASHIM_DISABLE=1 is set here: the library would do nothing\n"
           "      -> unset KASHIM_DISABLE\n" +
               kPreload);
}

TEST_F(Doctor, AConfigurationThatTheUserMayNotReadIsARemark)
{
    KASHIM_NEEDS_ROOT();
    const std::string program = built("waits", {"gcc"});
    configuration("[defaults]\nidle = 20\n");
    fs::permissions(at("etc/kashim"), fs::perms::owner_all);
    expect(
        {.arguments = {program}, .uid = kNobody}, 0,
        first("FOLDER/waits", "reached, with remarks") +
            "  configuration-unreadable: FOLDER/etc/kashim/kashim.toml may not be read by the user who runs it, so it "
            "counts as absent there\n"
            "      -> make it and the folders above it readable to everybody, or remove it\n" +
            kPreload);
}

TEST_F(Doctor, MachinesGetTheSameAsJson)
{
    const std::string program = built("waits", {"gcc", "-static"});
    configuration("[[rule]]\nname = \"a\"\nprogram = \"waits\"\nidle = 20\n");
    const Result result = ask({{"--json", program, "x y"}});
    EXPECT_EQ(result.exit_code, 1);
    const auto document = nlohmann::json::parse(result.out);
    const nlohmann::json expected{
        {"name", program},
        {"executable", program},
        {"script", nullptr},
        {"command", program + " x y"},
        {"library", library()},
        {"answer", "not reached by a preload"},
        {"findings",
         {{{"code", "static"},
           {"weight", "obstacle"},
           {"what", "it is statically linked: it has no loader that could preload anything"},
           {"remedy", "\"kashim run\" guards it from outside; where it runs already: \"kashim guard PID\""}}}},
        {"configuration",
         {{"file", at("etc/kashim/kashim.toml")},
          {"good", true},
          {"leaves_everything", false},
          {"rules", {{{"line", 1}, {"name", "a"}}}}}}};
    EXPECT_EQ(document, expected);
}

TEST_F(Doctor, ItsOwnOptionsStandBeforeTheProgramOnly)
{
    const Result result = ask({{"true", "--json", "--no-such-option"}});
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_EQ(result.out.find('{'), std::string::npos) << result;
    const Result nothing = ask({{}});
    EXPECT_EQ(nothing.exit_code, 2);
    EXPECT_EQ(nothing.err, "kashim doctor: name a program or a process: kashim doctor PROGRAM | PID\n"
                           "see: kashim doctor --help\n");
    EXPECT_EQ(ask({{"--no-such-option", "true"}}).exit_code, 2);
}

}  // namespace
}  // namespace kashim::test
