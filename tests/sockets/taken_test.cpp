// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/descriptors.h"
#include "sockets/taken.h"

#include "sockets/child.h"
#include "sockets/ends.h"
#include "sockets/namespaces.h"
#include "support/process.h"

#include <gtest/gtest.h>

#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace kashim::test {
namespace {

using sockets::HeldProcess;
using sockets::Refusal;
using sockets::Socket;
using sockets::Taken;
using Why = sockets::Refusal::Why;

Socket listed(std::uint32_t inode)
{
    sockets::Namespaces namespaces;
    std::vector<Socket> sockets;
    namespaces.own().there->sock_diag().list(sockets, sockets::Detail::plain);
    const auto found = std::ranges::find(sockets, inode, &Socket::inode);
    if (found == sockets.end())
        throw std::runtime_error("no such socket");
    return *found;
}

/// Listens, tells descriptor and inode, and then does what it is told.
void hold(const Talk& talk)
{
    const int fd = listen_on("127.0.0.1");
    talk.say(fd);
    talk.say(inode_of(fd));
    for (std::string order = talk.hear();; order = talk.hear()) {
        if (order == "close") {
            close(fd);
        } else if (order == "reuse") {
            const int other = listen_on("127.0.0.1");
            dup2(other, fd);
        } else if (order == "no socket") {
            int ends[2];
            talk.say(pipe(ends));
            dup2(ends[0], fd);
        } else if (order == "hide") {
            prctl(PR_SET_DUMPABLE, 0);
        }
        talk.say("done");
    }
}

struct Held {
    explicit Held(const Child& child)
        : fd(child.hear_number()), socket(listed(static_cast<std::uint32_t>(std::stoul(child.hear()))))
    {
    }
    int fd;
    Socket socket;
};

host::ProcessId id_of(pid_t pid)
{
    return host::process(pid)->id;
}

std::string text_of(const Refusal& refusal)
{
    return std::to_string(static_cast<int>(refusal.why)) + ": " + refusal.sentence + "; " + refusal.remedy;
}

std::string number(pid_t pid)
{
    return std::to_string(pid);
}

// As an unprivileged command would meet it.
std::string refused_to_nobody(pid_t pid, const Held& held)
{
    return asked_as_nobody([&] {
        const Taken taken = HeldProcess(id_of(pid)).take(held.fd, held.socket);
        return taken.refusal ? text_of(*taken.refusal) : std::string(taken ? "taken" : "gone");
    });
}

TEST(LiveTaken, IsACopyOfTheSameSocket)
{
    const Child child(hold);
    const Held held(child);
    const Taken taken = HeldProcess(id_of(child.pid())).take(held.fd, held.socket);
    ASSERT_TRUE(taken);
    EXPECT_FALSE(taken.gone);
    EXPECT_FALSE(taken.refusal);
    EXPECT_EQ(cookie_of(taken.fd.get()), held.socket.cookie);
}

TEST(LiveTaken, IsAMultipathSocketThatIsKnownByItsSubflowOnly)
{
    int client = -1;
    try {
        client = connected_on("127.0.0.1", kMultipathTcp).client;
    } catch (const std::exception&) {
        GTEST_SKIP() << "this kernel has no Multipath TCP";
    }
    Socket socket = listed(inode_of(client));
    socket.cookie += 1000;
    EXPECT_TRUE(HeldProcess(id_of(getpid())).take(client, socket));
    socket.inode += 1000;
    EXPECT_TRUE(HeldProcess(id_of(getpid())).take(client, socket).gone);
}

TEST(LiveTaken, IsGoneWhereTheProgramHasClosedIt)
{
    const Child child(hold);
    const Held held(child);
    const HeldProcess target(id_of(child.pid()));
    child.say("close");
    child.hear();
    const Taken taken = target.take(held.fd, held.socket);
    EXPECT_FALSE(taken);
    EXPECT_TRUE(taken.gone);
    EXPECT_FALSE(taken.refusal);
}

TEST(LiveTaken, IsGoneWhereTheNumberIsAnotherSocketsNow)
{
    const Child child(hold);
    const Held held(child);
    const HeldProcess target(id_of(child.pid()));
    child.say("reuse");
    child.hear();
    const Taken taken = target.take(held.fd, held.socket);
    EXPECT_FALSE(taken);
    EXPECT_TRUE(taken.gone);
}

TEST(LiveTaken, IsGoneWhereTheNumberIsNoSocketNow)
{
    const Child child(hold);
    const Held held(child);
    const HeldProcess target(id_of(child.pid()));
    child.say("no socket");
    child.hear();
    child.hear();
    EXPECT_TRUE(target.take(held.fd, held.socket).gone);
}

TEST(LiveTaken, IsGoneWhereTheProcessIs)
{
    Child child(hold);
    const Held held(child);
    const host::ProcessId id = id_of(child.pid());
    const HeldProcess before(id);
    child.kill_and_wait();
    EXPECT_TRUE(before.take(held.fd, held.socket).gone);
    const HeldProcess after(id);
    EXPECT_TRUE(after.gone());
    EXPECT_TRUE(after.take(held.fd, held.socket).gone);
}

TEST(LiveTaken, IsGoneWhereAnotherProcessHasTheNumber)
{
    const Child child(hold);
    const Held held(child);
    host::ProcessId earlier = id_of(child.pid());
    --earlier.start;
    const HeldProcess target(earlier);
    EXPECT_TRUE(target.gone());
    EXPECT_FALSE(target.take(held.fd, held.socket));
}

TEST(LiveTaken, IsRefusedToAnotherUser)
{
    if (getuid() != 0)
        GTEST_SKIP() << "needs root";
    const Child child(hold);
    const Held held(child);
    EXPECT_EQ(refused_to_nobody(child.pid(), held),
              "1: process " + number(child.pid()) +
                  " runs as user 0 (root), this command as user 65534 (nobody); run this command as that user or as "
                  "root, or with CAP_SYS_PTRACE");
}

TEST(LiveTaken, IsGivenToTheSameUserUntilTheProcessHides)
{
    if (getuid() != 0)
        GTEST_SKIP() << "needs root";
    const Child child([](const Talk& talk) {
        become_nobody();
        hold(talk);
    });
    const Held held(child);
    EXPECT_EQ(refused_to_nobody(child.pid(), held), "taken");
    child.say("hide");
    child.hear();
    EXPECT_EQ(refused_to_nobody(child.pid(), held),
              "4: process " + number(child.pid()) +
                  " keeps others out: it is not dumpable (prctl(2), PR_SET_DUMPABLE), or got its rights from its file "
                  "when it started; run this command as root, or with CAP_SYS_PTRACE");
    EXPECT_TRUE(HeldProcess(id_of(child.pid())).take(held.fd, held.socket)) << "root may";
}

TEST(LiveTaken, IsRefusedWhereTheProgramWasStartedByAnotherUser)
{
    if (getuid() != 0)
        GTEST_SKIP() << "needs root";
    const Child child([](const Talk& talk) {
        if (setresuid(kNobody, 0, 0) == 0)  // as a setuid program
            hold(talk);
    });
    const Held held(child);
    const std::string said = asked_in_a_child([&] {
        give_up({CAP_SYS_PTRACE});
        return text_of(*HeldProcess(id_of(child.pid())).take(held.fd, held.socket).refusal);
    });
    EXPECT_EQ(said, "1: process " + number(child.pid()) +
                        " was started by user 65534 (nobody), this command by user 0 (root); run this command as "
                        "root, or with CAP_SYS_PTRACE");
}

TEST(LiveTaken, IsRefusedInAUserNamespaceOfOursToWhatIsOutsideOfIt)
{
    if (getuid() != 0)
        GTEST_SKIP() << "needs root";
    const Child child([](const Talk& talk) {
        become_nobody();
        hold(talk);
    });
    const Held held(child);
    const host::ProcessId id = id_of(child.pid());
    const std::string said = asked_as_nobody([&] {
        if (unshare(CLONE_NEWUSER) != 0)
            return std::string("no user namespaces here");
        return text_of(*HeldProcess(id).take(held.fd, held.socket).refusal);
    });
    EXPECT_EQ(said, "2: process " + number(child.pid()) +
                        " lives in a user namespace over which this command has no CAP_SYS_PTRACE; run this command as "
                        "root outside of every container");
}

TEST(LiveTaken, IsRefusedWhereTheFolderOfDescriptorsIsClosedToUs)
{
    if (getuid() != 0)
        GTEST_SKIP() << "needs root";
    const Child child([](const Talk& talk) {
        become_nobody();
        hold(talk);
    });
    const Held held(child);
    const std::string said = asked_in_a_child([&] {
        give_up({CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE});
        return text_of(*sockets::socket_descriptors(child.pid()).refusal);
    });
    EXPECT_EQ(said, "5: /proc/" + number(child.pid()) +
                        "/fd may be read by user 65534 (nobody) alone, and this command has no CAP_DAC_READ_SEARCH; "
                        "run this command with CAP_DAC_READ_SEARCH");
}

TEST(LiveTaken, IsRefusedWhereTheProcessHasCapabilitiesThatWeHaveNot)
{
    if (getuid() != 0)
        GTEST_SKIP() << "needs root";
    const Child child(hold);
    const Held held(child);
    const std::string said = asked_in_a_child([&] {
        give_up({CAP_SYS_PTRACE, CAP_SYS_ADMIN});
        return text_of(*HeldProcess(id_of(child.pid())).take(held.fd, held.socket).refusal);
    });
    EXPECT_EQ(said, "5: process " + number(child.pid()) +
                        " has capabilities that this command has not; run this command as root, or with "
                        "CAP_SYS_PTRACE");
}

TEST(LiveTaken, IsRefusedWhereWeHaveNoDescriptorLeft)
{
    const Child child(hold);
    const Held held(child);
    const host::ProcessId id = id_of(child.pid());
    const HeldProcess target(id);
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{0, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    const Taken taken = target.take(held.fd, held.socket);
    const HeldProcess another(id);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    ASSERT_TRUE(taken.refusal);
    EXPECT_EQ(text_of(*taken.refusal),
              "7: this command has no free descriptor left (RLIMIT_NOFILE); raise it: ulimit -n");
    ASSERT_TRUE(another.refusal());
    EXPECT_EQ(another.refusal()->why, Why::too_many_descriptors);
}

TEST(LiveRefusals, SayWhatIsWrongAndWhatHelps)
{
    EXPECT_EQ(text_of(sockets::why_not_taken(42, ENOSYS)),
              "8: this kernel cannot hand over sockets of another process (pidfd_getfd); Linux 5.6 or newer is needed");
    EXPECT_EQ(text_of(sockets::why_not_taken(42, ENFILE)),
              "7: the system has no free file left; raise it: sysctl fs.file-max");
    EXPECT_EQ(sockets::why_not_taken(42, ESRCH).why, Why::gone);
    EXPECT_EQ(text_of(sockets::why_not_entered(42, EPERM)),
              "2: process 42 lives in a network namespace that this command may not enter; run this command as root "
              "outside of every container, or with CAP_SYS_ADMIN");
    EXPECT_EQ(text_of(sockets::why_not_listed(ENOENT)),
              "9: this kernel does not list TCP sockets (sock_diag); load the module tcp_diag, or use a kernel with "
              "CONFIG_INET_TCP_DIAG");
    EXPECT_EQ(text_of(sockets::why_not_taken(42, EIO)), "11: process 42: Input/output error; ");
}

}  // namespace
}  // namespace kashim::test
