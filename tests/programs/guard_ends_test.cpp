// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// How kashim guard ends, and what it says on the way.
#include "programs/guard_service.h"

#include <signal.h>
#include <unistd.h>

namespace kashim::test {
namespace {

class GuardEndsTest : public GuardServiceTest {};

TEST_F(GuardEndsTest, ItEndsWithItsLastTarget)
{
    Process first = start_holder();
    Pipe other_keyboard;
    Process second({.arguments = holder(listener_.port()), .descriptors = {{other_keyboard.read_end(), 0}}});
    ASSERT_TRUE(second.says("connected"));
    std::vector<std::string> arguments = guard_of(first.pid());
    arguments.push_back(std::to_string(second.pid()));
    Process guarding({.arguments = arguments});
    ASSERT_EQ(values_become(second.pid(), listener_.port(), kDefaults), kDefaults);
    keyboard_.type("\n");
    EXPECT_TRUE(first.wait().ok());
    EXPECT_FALSE(eventually([&] { return !guarding.running(); }, std::chrono::milliseconds(300)));
    other_keyboard.type("\n");
    EXPECT_TRUE(second.wait().ok());
    EXPECT_EQ(guarding.wait().exit_code, 0);
}

TEST_F(GuardEndsTest, ItGoesOnAsLongAsADescendantLives)
{
    Pipe starter;
    Process shell({.arguments = {"sh", "-c",
                                 "read line; " + built("visitor") + " " + std::to_string(listener_.port()) +
                                     " <&7 & read line; exit 0"},
                   .descriptors = {{starter.read_end(), 0}, {keyboard_.read_end(), 7}}});
    NotifySocket manager(socket_path());
    Process guarding({.arguments = guard_of(shell.pid()), .environment = {"NOTIFY_SOCKET=" + socket_path()}});
    EXPECT_EQ(manager.next(), "READY=1\nSTATUS=guarding 0 sockets of 1 process");
    starter.type("\n");
    ASSERT_TRUE(shell.says("connected"));
    // A pass must have seen the child while its parent lived.
    ASSERT_EQ(values_become(shell.pid(), listener_.port(), kDefaults), kDefaults);
    starter.type("\n");
    EXPECT_TRUE(shell.wait().ok());
    EXPECT_FALSE(eventually([&] { return !guarding.running(); }, std::chrono::milliseconds(300)));
    keyboard_.type("\n");
    EXPECT_EQ(guarding.wait().exit_code, 0);
}

TEST_F(GuardEndsTest, InterruptedItEndsCleanly)
{
    Process target = start_holder();
    NotifySocket manager(socket_path());
    for (const int signal : {SIGINT, SIGTERM}) {
        Process guarding({.arguments = guard_of(target.pid()), .environment = {"NOTIFY_SOCKET=" + socket_path()}});
        ASSERT_NE(manager.next_with("READY=1"), "nothing");
        guarding.kill(signal);
        EXPECT_EQ(guarding.wait().exit_code, 0) << signal;
    }
    EXPECT_TRUE(target.running());
}

TEST_F(GuardEndsTest, LevelsAndTheLogFileAreRespected)
{
    const std::string log = directory_ / "log";
    struct Row {
        std::vector<std::string> options;
        std::vector<std::string> environment;
        bool on_stderr;
        bool in_file;
    };
    for (const Row& row :
         {Row{{}, {}, true, false}, Row{{"--quiet"}, {}, false, false}, Row{{}, {"KASHIM_LOG=warn"}, false, false},
          Row{{}, {"KASHIM_LOG_FILE=" + log}, false, true}, Row{{"--quiet"}, {"KASHIM_LOG=info"}, false, false}}) {
        Process target = start_holder();
        Process guarding({.arguments = guard_of(target.pid(), row.options), .environment = row.environment});
        ASSERT_EQ(values_become(target.pid(), listener_.port(), kDefaults), kDefaults);
        guarding.kill(SIGTERM);
        const Result result = guarding.wait();
        EXPECT_EQ(result.err.find("visitor[") != std::string::npos, row.on_stderr) << result;
        const std::string written = std::filesystem::exists(log) ? read_file(log) : "";
        EXPECT_EQ(written.find("]: visitor[") != std::string::npos, row.in_file) << written;
        std::filesystem::remove(log);
    }
}

/// Behind -- it leaves its working folder before it writes the first line.
TEST_F(GuardEndsTest, TheLogFileOfAStartedProgramsGuardIsInTheCallersFolder)
{
    Process guarding({.arguments = guard_started(directory_, in_a_hurry(kDefaultsTable), holder(listener_.port())),
                      .environment = {"KASHIM_LOG=info", "KASHIM_LOG_FILE=log"},
                      .directory = directory_.path(),
                      .descriptors = {{keyboard_.read_end(), 0}}});
    ASSERT_EQ(values_become(guarding.pid(), listener_.port(), kDefaults), kDefaults);
    const std::string log = directory_ / "log";
    EXPECT_TRUE(eventually(
        [&] { return std::filesystem::exists(log) && read_file(log).find("]: visitor[") != std::string::npos; }));
}

TEST_F(GuardEndsTest, WrongUsageSaysWhatIsWrong)
{
    const std::string self = std::to_string(::getpid());
    struct Row {
        std::vector<std::string> arguments;
        std::string said;
    };
    const std::string nobody =
        "kashim guard: name the processes: kashim guard PID..., or --all, or start a program: kashim "
        "guard -- PROGRAM\nsee: kashim guard --help\n";
    for (const Row& row : {Row{{}, nobody}, Row{{"--"}, nobody},
                           Row{{"nginx"},
                               "kashim guard: \"nginx\" is no process id; a program stands behind --: kashim "
                               "guard -- nginx\n"},
                           Row{{"0" + self},
                               "kashim guard: \"0" + self +
                                   "\" is no process id; a program stands behind --: kashim "
                                   "guard -- 0" +
                                   self + "\n"},
                           Row{{self, "--", "true"},
                               "kashim guard: give process ids, or --all, or a program behind --; not two of these\n"},
                           Row{{self, "--all"}, "kashim guard: give process ids, or --all; not both\n"},
                           Row{{"--override", "--", "true"},
                               "kashim guard: --override is about programs that run already: "
                               "their present values count as ours\n"}}) {
        const Result result = run({.arguments = guard(directory_, kDefaultsTable, row.arguments)});
        EXPECT_EQ(result.exit_code, 2) << result;
        EXPECT_EQ(result.err, row.said);
        EXPECT_EQ(result.out, "");
    }
}

}  // namespace
}  // namespace kashim::test
