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

/// The unit as it is installed for this command; tests/abi/install_test.cpp looks at what the installation makes of it.
std::string unit_for(const std::string& command)
{
    const std::string unit = read_file(KASHIM_SOURCE_DIR "/packaging/systemd/kashim-guard.service.in");
    const std::string named = std::regex_replace(unit, std::regex("@KASHIM_COMMAND@"), command);
    return std::regex_replace(named, std::regex("@KASHIM_CONFDIR@"), "/etc/kashim");
}

TEST(GuardUnitTest, SystemdUnderstandsTheUnit)
{
    KASHIM_NEEDS("systemd-analyze");
    const TempDir directory;
    // verify looks whether the command is there.
    const std::string text = unit_for(KASHIM_COMMAND);
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
    const TempDir units;
    const std::string unit = write_file(units / "kashim-guard.service", unit_for("/usr/bin/kashim"));
    const std::string here = std::string(KASHIM_SOURCE_DIR) + "/tests/programs/";
    const Result result =
        run({.arguments = {"unshare", "--mount", "sh", here + "guard_boot.sh", directory.path(), KASHIM_COMMAND, unit,
                           here + "guard_boot_check.py", std::to_string(kDeadline.count())}},
            2 * kDeadline);
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
