// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/proc.h"
#include "host/processes.h"
#include "sockets/descriptors.h"

#include "sockets/child.h"
#include "sockets/ends.h"
#include "support/process.h"

#include <gtest/gtest.h>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

namespace kashim::test {
namespace {

using host::ProcessId;
using host::RunningProcess;

void wait_for_orders(const Talk& talk)
{
    talk.say("ready");
    talk.hear();
}

bool has(const std::vector<RunningProcess>& processes, pid_t pid)
{
    return std::ranges::any_of(processes, [pid](const RunningProcess& one) { return one.id.pid == pid; });
}

TEST(LiveProcesses, KnowsAProcessByItsNumberAndItsStart)
{
    const Child child(wait_for_orders);
    child.hear();
    const auto found = host::process(child.pid());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id.pid, child.pid());
    EXPECT_EQ(found->parent, getpid());
    EXPECT_GE(found->id.start, host::process(getpid())->id.start);
}

TEST(LiveProcesses, ReadsTheNumbersBehindANameThatLooksLikeThem)
{
    const Child child([](const Talk& talk) {
        prctl(PR_SET_NAME, ") Z 1 1 1 1");
        wait_for_orders(talk);
    });
    child.hear();
    const auto found = host::process(child.pid());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->parent, getpid());
    EXPECT_EQ(host::proc_name(child.pid()), ") Z 1 1 1 1");
}

TEST(LiveProcesses, CountsWhatRemainsOfOneThatEndedAsGone)
{
    const Child child([](const Talk&) {});
    siginfo_t info{};
    ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT), 0);
    EXPECT_FALSE(host::process(child.pid()));
    EXPECT_FALSE(has(host::all_processes(), child.pid()));
}

TEST(LiveProcesses, LeavesOutThreadsOfTheKernel)
{
    for (const RunningProcess& one : host::all_processes())
        EXPECT_NE(host::proc_name(one.id.pid).value_or("").substr(0, 8), "kworker/");
    EXPECT_TRUE(has(host::all_processes(), getpid()));
}

TEST(LiveProcesses, FindsGrandchildrenInAnyOrderOfNumbers)
{
    const auto made = [](pid_t pid, pid_t parent) { return RunningProcess{{pid, 1}, parent}; };
    const std::vector<RunningProcess> all{made(2, 9), made(3, 1), made(5, 2), made(7, 3), made(9, 8)};
    const std::vector<pid_t> roots{8, 7};
    std::vector<pid_t> found;
    for (const RunningProcess& one : host::with_descendants(all, roots))
        found.push_back(one.id.pid);
    EXPECT_EQ(found, (std::vector<pid_t>{2, 5, 7, 9}));
}

TEST(LiveProcesses, TellsTheUserAProcessRunsAs)
{
    EXPECT_EQ(host::proc_status(getpid()).value().uids[1], geteuid());
    if (getuid() != 0)
        GTEST_SKIP() << "needs root";
    const Child child([](const Talk& talk) {
        become_nobody();
        wait_for_orders(talk);
    });
    child.hear();
    EXPECT_EQ(host::proc_status(child.pid()).value().uids[1], kNobody);
    EXPECT_EQ(host::proc_status(host::kSelf).value().uids[1], geteuid());
    EXPECT_FALSE(host::proc_status(0));
}

TEST(LiveProcesses, FindsTheSocketsAmongTheDescriptors)
{
    const Child child([](const Talk& talk) {
        const int fd = listen_on("127.0.0.1");
        dup2(fd, 77);
        talk.say(fd);
        talk.say(inode_of(fd));
        talk.hear();
    });
    const int fd = child.hear_number();
    const auto inode = static_cast<std::uint32_t>(std::stoul(child.hear()));
    const sockets::SocketDescriptors found = sockets::socket_descriptors(child.pid());
    EXPECT_FALSE(found.refusal);
    ASSERT_EQ(found.sockets.size(), 2u);
    EXPECT_EQ(found.sockets[0].fd, fd);
    EXPECT_EQ(found.sockets[0].inode, inode);
    EXPECT_EQ(found.sockets[1].fd, 77);
    EXPECT_EQ(found.sockets[1].inode, inode);
}

}  // namespace
}  // namespace kashim::test
