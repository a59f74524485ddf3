// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/process.h"

#include "support/process.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

namespace kashim::test {
namespace {

TEST(PlatformProcess, TheFactsAreThoseOfThisProcess)
{
    const auto memory = std::make_unique<platform::ProgramMemory>();
    const policy::Program program = platform::program_facts(*memory);
    EXPECT_EQ(program.executable, std::filesystem::read_symlink("/proc/self/exe"));
    EXPECT_EQ(policy::file_name(program.executed), "unit_test");
    EXPECT_EQ(std::string(program.name) + "\n", read_file("/proc/self/comm"));
    EXPECT_EQ(program.script, "");

    std::string command = read_file("/proc/self/cmdline");
    command.pop_back();
    for (char& c : command)
        c = c == '\0' ? ' ' : c;
    EXPECT_EQ(program.command, command.substr(0, policy::kLongestCommand));
}

TEST(PlatformProcess, AVariableOfTheEnvironmentIsFound)
{
    ASSERT_EQ(setenv("KASHIM_UNIT_TEST", "value", 1), 0);
    EXPECT_STREQ(platform::environment("KASHIM_UNIT_TEST"), "value");
    ASSERT_EQ(unsetenv("KASHIM_UNIT_TEST"), 0);
    EXPECT_EQ(platform::environment("KASHIM_UNIT_TEST"), nullptr);
}

TEST(PlatformProcess, WhoWeAreIsWhatTheKernelSays)
{
    EXPECT_EQ(platform::user_id(), getuid());
    EXPECT_EQ(platform::process_id(), getpid());
    EXPECT_FALSE(platform::in_secure_execution());
}

TEST(PlatformProcess, AProgramInABuildFolderHasTheConfigurationItWasConfiguredFor)
{
    EXPECT_EQ(platform::sysconfdir(), KASHIM_SYSCONFDIR);
}

}  // namespace
}  // namespace kashim::test
