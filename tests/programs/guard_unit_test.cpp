// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The unit of packaging/systemd: systemd understands it, and what it forbids the guard is not what the guard needs.
#include "programs/guard.h"

#include <sched.h>
#include <unistd.h>

#include <regex>

namespace kashim::test {
namespace {

const std::string kUnit = std::string(KASHIM_SOURCE_DIR) + "/packaging/systemd/kashim-guard.service";

TEST(GuardUnitTest, SystemdUnderstandsTheUnit)
{
    KASHIM_NEEDS("systemd-analyze");
    const TempDir directory;
    // verify looks whether the command is there.
    const std::string text = std::regex_replace(read_file(kUnit), std::regex("/usr/bin/kashim"), KASHIM_COMMAND);
    ASSERT_NE(text.find(std::string("ExecStart=") + KASHIM_COMMAND + " guard --all\n"), text.npos);
    const std::string unit = write_file(directory / "kashim-guard.service", text);
    const Result result = run({.arguments = {debian_path("systemd-analyze"), "--man=no", "verify", unit}});
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_EQ(result.out + result.err, "");
}

TEST(GuardUnitTest, InABootedSystemdItSetsTheSocketsOfOtherUsersAndOfSandboxedServices)
{
    KASHIM_NEEDS("systemd-nspawn");
    KASHIM_NEEDS("python3");
    if (::getuid() != 0)
        GTEST_SKIP() << "skipped, because only root can boot a systemd";
    const TempDir directory;
    const std::string here = std::string(KASHIM_SOURCE_DIR) + "/tests/programs/";
    const Result result = run({.arguments = {"unshare", "--mount", "sh", here + "guard_boot.sh", directory.path(),
                                             KASHIM_COMMAND, kUnit, here + "guard_boot_check.py"}},
                              std::chrono::seconds(150));
    if (result.exit_code == 77)
        GTEST_SKIP() << "skipped, because no systemd can be booted here: " << result;
    const auto three = [](const std::string& one) { return "[" + one + ", " + one + ", " + one + "]\n"; };
    const std::string before = three("(1, 4, 30, 5)");
    const std::string after = three("(1, 8, 30, 5)");
    EXPECT_TRUE(std::regex_search(result.out, std::regex("guarding [0-9]+ sockets of [0-9]+ processes\n"))) << result;
    const std::string out = std::regex_replace(result.out, std::regex("guarding .*\n"), "");
    EXPECT_EQ(out, "root-service " + before + "other-user " + before + "sandboxed " + before +
                       "reload 0\nroot-service " + after + "other-user " + after + "sandboxed " + after + "success 0\n")
        << result;
}

}  // namespace
}  // namespace kashim::test
