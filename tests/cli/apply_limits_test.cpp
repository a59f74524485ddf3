// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim apply where it may not, and where there is nothing to apply to.
#include "cli/script.h"
#include "support/values.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <regex>

namespace kashim::test {
namespace {

constexpr uid_t kNobody = 65534;

#define KASHIM_NEEDS_ROOT()                                                                                            \
    if (::getuid() != 0)                                                                                               \
    GTEST_SKIP() << "skipped, because only root can start processes of different users"

void expect(const Result& result, int status, const std::string& out, const std::string& err = "")
{
    EXPECT_EQ(result.exit_code, status) << result;
    EXPECT_EQ(result.out, out);
    EXPECT_EQ(result.err, err);
}

TEST(ApplyLimits, AnotherUsersProcessIsRefusedWithTheRemedy)
{
    KASHIM_NEEDS_ROOT();
    const Script script("server = listener()");
    Kashim kashim;
    kashim.for_everybody();
    expect(kashim({"apply", script.said("pid")}, {.arguments = {}, .uid = kNobody}), 1,
           script.fill(
               "python3[{pid}]: refused: process {pid} runs as user 0 (root), this command as user 65534 (nobody); run "
               "this command as that user or as root, or with CAP_SYS_PTRACE\n"));
    EXPECT_EQ(values_of(script.pid(), 3), Values{});
    const Result document = kashim({"apply", "--json", script.said("pid")}, {.arguments = {}, .uid = kNobody});
    EXPECT_EQ(document.exit_code, 1);
    EXPECT_EQ(nlohmann::json::parse(document.out)["processes"][0]["refused"]["remedy"],
              "run this command as that user or as root, or with CAP_SYS_PTRACE");
}

TEST(ApplyLimits, AProcessThatKeepsOthersOutIsRefusedEvenToItsOwnUser)
{
    KASHIM_NEEDS_ROOT();
    const Script script(R"(
import ctypes
server = listener()
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
)",
                        {.arguments = {}, .uid = kNobody});
    Kashim kashim;
    kashim.for_everybody();
    expect(
        kashim({"apply", script.said("pid")}, {.arguments = {}, .uid = kNobody}), 1,
        script.fill("python3[{pid}]: refused: process {pid} keeps others out: it is not dumpable (prctl(2), "
                    "PR_SET_DUMPABLE), or got its rights from its file when it started; run this command as root, or "
                    "with CAP_SYS_PTRACE\n"));
}

TEST(ApplyLimits, WhoMayLookButNotTakeIsRefusedOnceAProcess)
{
    const Script script("server, other = listener(), listener()");
    const Kashim kashim;
    expect(kashim({"apply", script.said("pid")}, {.arguments = {}, .before_exec = forbid_taking}), 1,
           script.fill("python3[{pid}]: refused: the kernel forbids this command to look into process {pid} (EPERM): a "
                       "security module, or a seccomp filter around this command; outside of a container, or where its "
                       "profile allows pidfd_getfd and ptrace, it may\n"));
    EXPECT_EQ(values_of(script.pid(), 3), Values{});
}

TEST(ApplyLimits, AUserMaySetItsOwnProcesses)
{
    KASHIM_NEEDS_ROOT();
    const Script script("server = listener()", {.arguments = {}, .uid = kNobody});
    Kashim kashim;
    kashim.for_everybody();
    const Result result = kashim({"apply", script.said("pid")}, {.arguments = {}, .uid = kNobody});
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_EQ(values_of(script.pid(), 3), (Values{.keepalive = 1, .idle = 60, .interval = 30, .count = 5}));
}

TEST(ApplyLimits, AProcessThatIsNotThereIsSaidAndTheOthersAreSet)
{
    const Script script("server = listener()");
    Process ended({.arguments = {"true"}});
    ended.wait();
    const std::string nobody = std::to_string(ended.pid());
    const Kashim kashim;
    const Result result = kashim({"apply", nobody, script.said("pid")});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_TRUE(result.out.starts_with(script.fill("python3[{pid}]: set 1\n"))) << result;
    EXPECT_TRUE(result.err.starts_with("kashim apply: there is no process " + nobody)) << result;
    EXPECT_EQ(values_of(script.pid(), 3).idle, 60);
    const Result document = kashim({"apply", "--json", nobody});
    EXPECT_EQ(nlohmann::json::parse(document.out)["problems"].size(), 1u);
}

TEST(ApplyLimits, AProcessWithoutSocketsIsNoError)
{
    const Script script("");
    const Kashim kashim;
    expect(kashim({"apply", script.said("pid")}), 0,
           script.fill("python3[{pid}]: no TCP socket that listens or is connected\n"));
}

TEST(ApplyLimits, AContainerSaysThatItSeesOnlyItsOwnProcesses)
{
    KASHIM_NEEDS_ROOT();
    const Kashim kashim;
    const Result result = kashim({"apply", "4000000"}, {.arguments = {"unshare", "--pid", "--fork", "--mount-proc"}});
    expect(result, 2, "",
           "kashim apply: there is no process 4000000; this command runs in a container and sees the processes of that "
           "container alone, under their numbers there\n");
}

// Everything is in namespaces of its own: --all means nobody else. how: how the command is started there.
Result all_in_a_container(const Kashim& kashim, const std::string& before, const std::string& how = "")
{
    return kashim({"apply", "--all"}, {.arguments = {"unshare", "--pid", "--net", "--fork", "--mount-proc", "sh", "-c",
                                                     "ip link set lo up; " + before + "; " + how + " \"$@\"", "sh"}});
}

constexpr const char* kTwoServers = "serve() { python3 -c 'import os, signal, socket, sys\n"
                                    "made = socket.create_server((\"127.0.0.1\", 0)); made.set_inheritable(True)\n"
                                    "made.setsockopt(6, 6, int(sys.argv[2]))\n"
                                    "open(sys.argv[1], \"w\").close(); signal.pause()' $@ & }\n"
                                    "folder=$(mktemp -d); serve $folder/1 9; serve $folder/2 3\n"
                                    "until [ -e $folder/1 ] && [ -e $folder/2 ]; do sleep 0.01; done; rm -r $folder";

TEST(ApplyLimits, AllAreEveryProcessAndThoseWithoutNewsGetNoLine)
{
    KASHIM_NEEDS_ROOT();
    const Kashim kashim("[[rule]]\nidle = 7200\ninterval = 75\ncount = 9\nkeepalive = false\n");
    const Result result = all_in_a_container(kashim, kTwoServers);
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_TRUE(std::regex_match(result.out,
                                 std::regex("python3\\[[0-9]+\\]: left to the program 1\n"
                                            "  left: 1 socket, rule at line 1: what counts as the program's: count=3\n"
                                            "2 processes: already right 1, left to the program 1\n")))
        << result;
}

TEST(ApplyLimits, OfAllThoseThatRefuseForOneReasonAreOneLine)
{
    KASHIM_NEEDS_ROOT();
    Kashim kashim;
    kashim.for_everybody();
    expect(all_in_a_container(kashim, kTwoServers, "setpriv --reuid=65534 --regid=65534 --clear-groups"), 1,
           "refused, 3 processes: process 1 runs as user 0 (root), this command as user 65534 (nobody) (and 2 more "
           "likewise); run this command as that user or as root, or with CAP_SYS_PTRACE\n");
}

TEST(ApplyLimits, WrongUsageIsSaid)
{
    const Kashim kashim;
    const std::string usage = "kashim apply: name processes, or --all for every one: kashim apply PID... | --all\n";
    expect(kashim({"apply"}), 2, "", usage);
    expect(kashim({"apply", "--all", "1"}), 2, "", usage);
    EXPECT_EQ(kashim({"apply", "-3"}).exit_code, 2);
    EXPECT_EQ(kashim({"apply", "redis-server"}).exit_code, 2);
}

TEST(ApplyLimits, AnErrorInTheConfigurationSetsNothing)
{
    const Script script("server = listener()");
    const Kashim kashim("idle = 3\n");
    const Result result = kashim({"apply", script.said("pid")});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(
        result.err.ends_with("kashim apply: nothing was set: there is no telling what such a configuration wants\n"))
        << result;
    EXPECT_EQ(values_of(script.pid(), 3), Values{});
}

TEST(ApplyLimits, HelpTeachesByExample)
{
    const Kashim kashim;
    const Result help = kashim({"apply", "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_NE(help.out.find("\n  kashim apply --dry-run --all "), std::string::npos) << help;
    EXPECT_NE(help.out.find("\nExit status: 0 everything that the rules want is in force"), std::string::npos) << help;
}

}  // namespace
}  // namespace kashim::test
