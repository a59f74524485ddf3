// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "guard/watch.h"

#include "host/proc.h"
#include "sockets/child.h"
#include "sockets/ends.h"
#include "sockets/written.h"
#include "support/process.h"
#include "support/values.h"

#include <gtest/gtest.h>

#include <netinet/tcp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>

namespace kashim::test {
namespace {

using guard::Pass;
using guard::Watch;

constexpr Values kRuled{.keepalive = 1, .idle = 20, .interval = 7, .count = 4, .user_timeout = 0};

std::string rules(const std::string& app = "respect", int idle = 20)
{
    return "[defaults]\ninterval = 7\ncount = 4\nidle = " + std::to_string(idle) + "\napp = \"" + app + "\"\n";
}

/// A connection, and more on demand; every option can be set from outside, and every descriptor closed.
void do_as_told(const Talk& talk)
{
    const int listener = listen_on("127.0.0.1");
    talk.say(listener);
    for (std::string order = talk.hear();; order = talk.hear()) {
        if (order == "connect") {
            const int fd = connect_to_port("127.0.0.1", port_of(listener));
            close_with_reset(accept_from(listener));
            talk.say(fd);
            continue;
        }
        if (order == "connect behind") {
            const int known = talk.hear_number();
            const int fd = connect_to_port("127.0.0.1", port_of(listener));
            dup2(known, 77);
            dup2(fd, known);
            close(fd);
            talk.say("done");
            continue;
        }
        if (order == "connect and accept") {
            talk.say(connect_to_port("127.0.0.1", port_of(listener)));
            talk.say(accept_from(listener));
            continue;
        }
        const int fd = talk.hear_number();
        if (order == "close")
            close(fd);
        else if (order == "stop probing")
            set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 0);
        else if (order == "idle 500")
            set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 500);
        else if (order == "count 2")
            set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 2);
        else if (order == "move")
            dup2(fd, 88), close(fd);
        talk.say("done");
    }
}

void tell(const Child& child, const std::string& order, int fd)
{
    child.say(order);
    child.say(fd);
    child.hear();
}

struct Connection {
    explicit Connection(const Child& child)
    {
        child.say("connect and accept");
        client = child.hear_number();
        server = child.hear_number();
    }
    int client;
    int server;
};

TEST(LiveWatch, SetsWhatIsThereAndWhatComesAndTakesNothingTwice)
{
    const Child child(do_as_told);
    const int listener = child.hear_number();
    const Connection first(child);
    const Written written(rules());
    Watch watch({{child.pid()}}, written.rules());
    Pass pass = watch.pass();
    EXPECT_EQ(pass.processes, 1u);
    EXPECT_EQ(pass.sockets, 3u);
    EXPECT_EQ(pass.taken, 3u);
    EXPECT_EQ(pass.changes.size(), 3u);
    for (const int fd : {listener, first.client, first.server})
        EXPECT_EQ(values_of(child.pid(), fd), kRuled);

    pass = watch.pass();
    EXPECT_EQ(pass.sockets, 3u);
    EXPECT_EQ(pass.taken, 0u);

    const Connection second(child);
    EXPECT_EQ(values_of(child.pid(), second.client), Values{});
    EXPECT_EQ(values_of(child.pid(), second.server), kRuled) << "from its listener";
    pass = watch.pass();
    EXPECT_EQ(pass.taken, 2u);
    ASSERT_EQ(pass.changes.size(), 1u);
    EXPECT_EQ(pass.changes[0].fd, second.client);
    EXPECT_EQ(values_of(child.pid(), second.client), kRuled);
}

TEST(LiveWatch, ForgetsSocketsThatHaveEnded)
{
    const Child child(do_as_told);
    child.hear();
    const Connection connection(child);
    const Written written(rules());
    Watch watch({{child.pid()}}, written.rules());
    EXPECT_EQ(watch.pass().sockets, 3u);
    tell(child, "close", connection.client);
    tell(child, "close", connection.server);
    EXPECT_TRUE(eventually([&] { return watch.pass().sockets == 1; }));
}

TEST(LiveWatch, RespectsWhatTheProgramSetsLater)
{
    const Child child(do_as_told);
    child.hear();
    const Connection connection(child);
    const Written written(rules());
    Watch watch({{child.pid()}}, written.rules());
    watch.pass();
    tell(child, "stop probing", connection.client);
    tell(child, "idle 500", connection.server);
    for (std::uint32_t i = 0; i <= Watch::kTurns; ++i)
        EXPECT_EQ(watch.pass().taken, 0u);
    EXPECT_EQ(values_of(child.pid(), connection.client).keepalive, 0);
    EXPECT_EQ(values_of(child.pid(), connection.server).idle, 500);
}

TEST(LiveWatch, OverridesAtOnceWhatTheTimerGivesAwayAndTheRestInItsTurn)
{
    const Child child(do_as_told);
    child.hear();
    const Connection connection(child);
    const Written written(rules("override"));
    Watch watch({{child.pid()}}, written.rules());
    watch.pass();
    tell(child, "stop probing", connection.client);
    tell(child, "idle 500", connection.server);
    EXPECT_EQ(watch.pass().changes.size(), 2u);
    EXPECT_EQ(values_of(child.pid(), connection.client), kRuled);
    EXPECT_EQ(values_of(child.pid(), connection.server), kRuled);

    tell(child, "count 2", connection.client);
    std::size_t taken = 0, changed = 0;
    for (std::uint32_t i = 0; i < Watch::kTurns; ++i) {
        const Pass pass = watch.pass();
        taken += pass.taken;
        changed += pass.changes.size();
    }
    EXPECT_EQ(taken, 3u) << "each socket once";
    EXPECT_EQ(changed, 1u);
    EXPECT_EQ(values_of(child.pid(), connection.client), kRuled);
}

TEST(LiveWatch, KeepsTheUserTimeoutBesideTimesThatTheProgramSetsLater)
{
    const Child child(do_as_told);
    child.hear();
    const Connection connection(child);
    const Written written(rules() + "user_timeout = \"auto\"\n");
    Watch watch({{child.pid()}}, written.rules());
    watch.pass();
    EXPECT_EQ(values_of(child.pid(), connection.client).user_timeout, 48'000);
    tell(child, "idle 500", connection.client);
    watch.pass();
    const Values followed{.keepalive = 1, .idle = 500, .interval = 7, .count = 4, .user_timeout = 528'000};
    EXPECT_EQ(values_of(child.pid(), connection.client), followed);
}

TEST(LiveWatch, FollowsASocketToAnotherNumber)
{
    const Child child(do_as_told);
    child.hear();
    const Connection connection(child);
    const Written written(rules("override"));
    Watch watch({{child.pid()}}, written.rules());
    watch.pass();
    tell(child, "move", connection.client);
    tell(child, "stop probing", 88);
    watch.pass();
    EXPECT_EQ(values_of(child.pid(), 88), kRuled);
}

TEST(LiveWatch, FindsInTheEndASocketUnderTheNumberOfAnotherOneThatLivesOn)
{
    const Child child(do_as_told);
    child.hear();
    const Connection connection(child);
    const Written written(rules());
    Watch watch({{child.pid()}}, written.rules());
    EXPECT_EQ(watch.pass().sockets, 3u);
    tell(child, "connect behind", connection.client);
    EXPECT_EQ(values_of(child.pid(), connection.client), Values{});
    for (std::uint32_t i = 0; i <= Watch::kTurns * Watch::kTurns; ++i)
        watch.pass();
    EXPECT_EQ(values_of(child.pid(), connection.client), kRuled);
    EXPECT_EQ(values_of(child.pid(), 77), kRuled);
}

TEST(LiveWatch, KnowsWhatItSetItselfWhenTheRulesChange)
{
    const Child child(do_as_told);
    child.hear();
    const Connection connection(child);
    auto written = std::make_unique<Written>(rules());
    Watch watch({{child.pid()}}, written->rules());
    watch.pass();
    tell(child, "count 2", connection.client);
    const Written newer(rules("respect", 50));
    watch.change_rules(newer.rules());
    written.reset();
    EXPECT_EQ(watch.pass().changes.size(), 3u);
    const Values after{.keepalive = 1, .idle = 50, .interval = 7, .count = 2, .user_timeout = 0};
    EXPECT_EQ(values_of(child.pid(), connection.client), after) << "the count is the program's";
    EXPECT_EQ(watch.pass().taken, 0u);
}

TEST(LiveWatch, TakesOnRequestForOursWhatSocketsHaveAtTheFirstPass)
{
    const Child child(do_as_told);
    child.hear();
    const Connection connection(child);
    tell(child, "idle 500", connection.client);
    const Written written(rules());
    Watch watch({{child.pid()}}, written.rules(), sockets::Present::ours);
    watch.pass();
    EXPECT_EQ(values_of(child.pid(), connection.client), kRuled);
    tell(child, "idle 500", connection.client);
    watch.pass();
    EXPECT_EQ(values_of(child.pid(), connection.client).idle, 500);
}

TEST(LiveWatch, FollowsChildrenAlsoWhenTheirParentEnds)
{
    // A shell of the watched program: it starts a daemon and ends.
    const Child child([](const Talk& talk) {
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        const pid_t shell = fork();
        if (shell == 0) {
            if (fork() == 0) {
                talk.say(getpid());
                const int fd = listen_on("127.0.0.1");
                talk.hear();
                talk.say(fd);
                pause();
            }
            pause();
        }
        talk.say(shell);
        pause();
    });
    const pid_t one = child.hear_number(), two = child.hear_number();
    const pid_t shell = std::min(one, two), daemon = std::max(one, two);
    const Written written(rules());
    Watch watch({.pids = {shell}, .descendants = true}, written.rules());
    EXPECT_TRUE(eventually([&] { return watch.pass().processes == 2; }));
    kill(shell, SIGKILL);
    EXPECT_TRUE(eventually([&] { return watch.pass().processes == 1; }));
    child.say("go on");
    const int fd = child.hear_number();
    EXPECT_TRUE(eventually([&] { return watch.pass().sockets == 1; }));
    EXPECT_EQ(values_of(daemon, fd), kRuled);
    kill(daemon, SIGKILL);
    EXPECT_TRUE(eventually([&] { return watch.pass().processes == 0; }));
}

TEST(LiveWatch, JudgesByTheProgramThatAProcessRunsNow)
{
    const int listener = listen_on("127.0.0.1");
    const std::string port = std::to_string(port_of(listener));
    // bash connects, then becomes perl, which keeps that connection and makes another one.
    const std::string perl = "use IO::Socket::INET; $| = 1; $s = IO::Socket::INET->new(\"127.0.0.1:" + port +
                             "\") or die; print \"two \", fileno($s), \"\\n\"; sleep 1000";
    const std::string bash =
        "exec 5<>/dev/tcp/127.0.0.1/" + port + "; echo one; read x <&6; exec perl -e '" + perl + "'";
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    Process process({.arguments = {"bash", "-c", bash}, .descriptors = {{ends[0], 6}}});
    ASSERT_TRUE(process.says("one"));
    const Written written("[defaults]\ninterval = 7\ncount = 4\napp = \"override\"\n"
                          "[[rule]]\nprogram = \"bash\"\nidle = 20\n[[rule]]\nprogram = \"perl\"\nidle = 33\n");
    Watch watch({{process.pid()}}, written.rules());
    watch.pass();
    EXPECT_EQ(values_of(process.pid(), 5), kRuled);
    ASSERT_EQ(write(ends[1], "\n", 1), 1);
    ASSERT_TRUE(process.says("two "));
    ASSERT_TRUE(eventually([&] { return process.out().back() == '\n'; }));
    const int second = std::stoi(process.out().substr(process.out().find("two ") + 4));
    for (std::uint32_t i = 0; i < Watch::kTurns; ++i)
        watch.pass();
    EXPECT_EQ(values_of(process.pid(), second).idle, 33);
    EXPECT_EQ(values_of(process.pid(), 5), kRuled) << "what it had before keeps the earlier program's rule";
    for (const int fd : {listener, ends[0], ends[1]})
        close(fd);
}

TEST(LiveWatch, FindsInTimeASocketThatAStrangeProcessHandedOver)
{
    const int fd = listen_on("127.0.0.1");
    const Child child([fd](const Talk& talk) {
        talk.say("ready");
        talk.hear();
        // As by SCM_RIGHTS.
        const long process = syscall(SYS_pidfd_open, getppid(), 0);
        talk.say(static_cast<int>(syscall(SYS_pidfd_getfd, process, fd, 0)));
        talk.hear();
    });
    child.hear();
    const Written written(rules());
    Watch watch({{child.pid()}}, written.rules());
    EXPECT_EQ(watch.pass().sockets, 0u);
    child.say("get it");
    const int its = child.hear_number();
    ASSERT_GE(its, 0);
    std::uint32_t passes = 0;
    while (watch.pass().sockets == 0 && passes < 2 * Watch::kTurns)
        ++passes;
    EXPECT_LE(passes, Watch::kTurns);
    EXPECT_EQ(values_of(child.pid(), its), kRuled);
    close(fd);
}

TEST(LiveWatch, SeesIntoTheNetworkOfAContainer)
{
    if (getuid() != 0)
        GTEST_SKIP() << "needs root";
    const Child child([](const Talk& talk) {
        become_nobody();
        if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) != 0)
            return;
        talk.say(listen_on("0.0.0.0"));
        talk.hear();
    });
    const int fd = child.hear_number();
    const Written written(rules());
    Watch watch({{child.pid()}}, written.rules());
    EXPECT_EQ(watch.pass().changes.size(), 1u);
    EXPECT_EQ(values_of(child.pid(), fd), kRuled);
    EXPECT_EQ(watch.pass().taken, 0u);
}

TEST(LiveWatch, TellsATroubleOnce)
{
    if (getuid() != 0)
        GTEST_SKIP() << "needs root";
    const Child child(do_as_told);
    child.hear();
    const std::string said = asked_as_nobody([&] {
        const Written written(rules());
        Watch watch({{child.pid()}}, written.rules());
        const Pass first = watch.pass();
        std::size_t later = 0;
        for (std::uint32_t i = 0; i < 2 * Watch::kTurns; ++i)
            later += watch.pass().troubles.size();
        watch.change_rules(written.rules());
        const std::size_t after_change = watch.pass().troubles.size();
        return first.troubles.at(0).name + ": " + first.troubles.at(0).refusal.sentence + "; " +
               std::to_string(first.troubles.size()) + " " + std::to_string(later) + " " + std::to_string(after_change);
    });
    EXPECT_EQ(said, host::proc_name(getpid()).value() + ": process " + std::to_string(child.pid()) +
                        " runs as user 0 (root), this command as user 65534 (nobody); 1 0 1");
}

TEST(LiveWatch, SpreadsFirstProbesOverItsPasses)
{
    constexpr std::size_t kMany = 100;
    const Child child([](const Talk& talk) {
        const int listener = listen_on("127.0.0.1", IPPROTO_TCP, kMany);
        for (std::size_t i = 0; i < kMany; ++i) {
            connect_to_port("127.0.0.1", port_of(listener));
            accept_from(listener);
        }
        talk.say("ready");
        talk.hear();
    });
    child.hear();
    sockets::Namespaces namespaces;
    const Written written("[defaults]\nkeepalive = \"leave\"\n[[rule]]\nkeepalive = true\nidle = 1\n"
                          "direction = \"outbound\"\n");
    EXPECT_TRUE(eventually([&] {
        const sockets::Snapshot snapshot =
            sockets::take_snapshot(namespaces, {{child.pid()}}, sockets::Detail::with_silence);
        return std::ranges::all_of(snapshot.holders.at(0).sockets, [](const sockets::Held& held) {
            return held.socket->state == sockets::TcpState::listen ||
                   held.socket->silence >= std::chrono::milliseconds(1100);
        });
    }));
    Watch watch({{child.pid()}}, written.rules());
    Pass pass = watch.pass();
    EXPECT_EQ(pass.changes.size(), sockets::kProbesAtOnce);
    EXPECT_EQ(pass.waiting, kMany - sockets::kProbesAtOnce);
    std::size_t set = pass.changes.size();
    EXPECT_TRUE(eventually([&] {
        EXPECT_LE(pass.next, sockets::kBetweenSlices);
        pass = watch.pass();
        EXPECT_LE(pass.changes.size(), sockets::kProbesAtOnce);
        set += pass.changes.size();
        return pass.waiting == 0;
    }));
    EXPECT_EQ(set, kMany);
    EXPECT_EQ(watch.pass().taken, 0u);
}

TEST(LiveWatch, PassesAQuarterOfTheSmallestIdleApart)
{
    const auto interval = [](const std::string& toml) {
        const Written written(toml);
        return Watch({{getpid()}}, written.rules()).interval().count();
    };
    EXPECT_EQ(interval(""), 15'000);
    EXPECT_EQ(interval("[defaults]\nidle = 600\n"), 15'000);
    EXPECT_EQ(interval("[defaults]\nidle = 20\n"), 5'000);
    EXPECT_EQ(interval("[[rule]]\nport = 1\nidle = 10\n"), 2'500);
    EXPECT_EQ(interval("[defaults]\nidle = 1\n"), 1'000);
    EXPECT_EQ(interval("[[rule]]\nport = 1\nidle = 10\nkeepalive = false\n"), 15'000);
    EXPECT_EQ(interval("[defaults]\nkeepalive = \"leave\"\n"), 15'000);
}

TEST(LiveWatch, MayHaveItselfAsTheRoot)
{
    const int fd = listen_on("127.0.0.1");
    const Written written(rules());
    Watch watch({.pids = {getpid()}, .descendants = true}, written.rules());
    EXPECT_GE(watch.pass().processes, 1u);
    EXPECT_EQ(values_of(fd), kRuled);
    close(fd);
}

}  // namespace
}  // namespace kashim::test
