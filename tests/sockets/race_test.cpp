// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Descriptors are closed and their numbers used again while their sockets are being set: never may an option come to a
// socket that the rules do not choose.
#include "guard/watch.h"
#include "sockets/apply.h"
#include "sockets/child.h"
#include "sockets/ends.h"
#include "sockets/written.h"
#include "support/process.h"
#include "support/values.h"

#include <gtest/gtest.h>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace kashim::test {
namespace {

constexpr Values kUnmistakable{.keepalive = 1, .idle = 1234, .interval = 321, .count = 17, .user_timeout = 54'321};

/// Only connections to this port may be set.
std::string only_to(int port, const std::string& app = "respect")
{
    return "[defaults]\nkeepalive = \"leave\"\n[[rule]]\nkeepalive = true\ndirection = \"outbound\"\nport = " +
           std::to_string(port) + "\nidle = 1234\ninterval = 321\ncount = 17\nuser_timeout = \"54321ms\"\napp = \"" +
           app + "\"\n";
}

struct Counts {
    std::atomic<int> made{0};
    std::atomic<int> set{0};    ///< chosen sockets that were set before they were closed
    std::atomic<int> wrong{0};  ///< others that were
    std::atomic<int> partly{0};
};

/// Where thousands of connections a second are made and reset on loopback, one in a hundred thousand never gets an answer
/// to its SYN, with nobody setting anything: nobody waits for that one. It is held like the others.
int connect_soon(std::uint16_t port)
{
    const int fd = start_to_connect("127.0.0.1", port);
    pollfd there{fd, POLLOUT, 0};
    ::poll(&there, 1, 100);
    return fd;
}

/// Opens and closes sockets as fast as it can, so that a number is at one time a chosen socket and then another one, and
/// looks at each before it closes it.
void hammer(int chosen_listener, int other_listener, unsigned seed, const std::atomic<bool>& stop, Counts& counts)
{
    std::minstd_rand random(seed);
    const std::uint16_t chosen = port_of(chosen_listener), other = port_of(other_listener);
    struct Open {
        int fd = -1;
        bool chosen = false;
    };
    std::array<Open, 16> open;
    const auto look_and_close = [&counts](Open& one) {
        if (one.fd < 0)
            return;
        const Values values = values_of(one.fd);
        if (one.chosen && values == kUnmistakable)
            ++counts.set;
        else if (one.chosen && values != Values{})
            ++counts.partly;
        const bool tcp = values.idle != -1;
        if (!one.chosen && values != (tcp ? Values{} : Values{0, -1, -1, -1, -1}))
            ++counts.wrong;
        if (tcp)
            close_with_reset(one.fd);
        else
            ::close(one.fd);
        one.fd = -1;
    };
    while (!stop) {
        Open& one = open[random() % open.size()];
        look_and_close(one);
        switch (random() % 5) {
        case 0:
        case 1:
            one = {connect_soon(chosen), true};
            ++counts.made;
            break;
        case 2:
            one = {connect_soon(other), false};
            ++counts.made;
            break;
        case 3:
            one = {::socket(AF_INET, SOCK_DGRAM, 0), false};
            break;
        default:
            one = {listen_on("127.0.0.1", IPPROTO_TCP, 1), false};
        }
    }
    for (Open& one : open)
        look_and_close(one);
}

/// Accepts what comes until the listener is shut; these ends are not chosen either.
void serve(int listener, Counts& counts)
{
    for (int fd = -1; (fd = ::accept(listener, nullptr, nullptr)) >= 0 || errno != EINVAL;) {
        if (fd < 0)
            continue;
        if (values_of(fd) != Values{})
            ++counts.wrong;
        ::close(fd);
    }
}

void hammer_until_told(const Talk& talk)
{
    const int chosen = listen_on("127.0.0.1", IPPROTO_TCP, 4096), other = listen_on("127.0.0.1", IPPROTO_TCP, 4096);
    std::atomic<bool> stop{false};
    Counts counts;
    std::vector<std::thread> threads;
    for (unsigned seed = 1; seed <= 3; ++seed)
        threads.emplace_back([&, seed] { hammer(chosen, other, seed, stop, counts); });
    std::vector<std::thread> servers;
    for (const int listener : {chosen, other})
        servers.emplace_back([&, listener] { serve(listener, counts); });
    talk.say(port_of(chosen));
    while (talk.hear() == "how many") {
        talk.say(counts.made);
        talk.say(counts.set);
    }
    stop = true;
    for (std::thread& thread : threads)
        thread.join();
    for (const int listener : {chosen, other})
        ::shutdown(listener, SHUT_RDWR);
    for (std::thread& server : servers)
        server.join();
    talk.say(counts.wrong);
    talk.say(counts.partly);
}

/// Runs one_pass() against the child until the race was long enough: until these counts are reached or, on a slow machine,
/// for these seconds. How far it came is printed. Required is that some sockets were set, that no wrong one was, and that
/// some were closed just before they were taken: as many as one_pass() returned, where it counts them.
template <typename Pass>
void race(const Child& child, Pass one_pass)
{
    constexpr int kMade = 20'000, kSet = 200;
    constexpr std::size_t kGone = 100;
    constexpr std::chrono::seconds kLongEnough{20};
    const auto start = std::chrono::steady_clock::now();
    int made = 0, set = 0;
    std::optional<std::size_t> gone;
    EXPECT_TRUE(eventually([&] {
        for (int i = 0; i < 10; ++i)
            if (const std::optional<std::size_t> more = one_pass())
                gone = gone.value_or(0) + *more;
        child.say("how many");
        made = child.hear_number();
        set = child.hear_number();
        const bool reached = made >= kMade && set >= kSet && gone.value_or(kGone) >= kGone;
        const bool some = set > 0 && gone.value_or(kGone) > 0;
        return reached || (some && std::chrono::steady_clock::now() - start > kLongEnough);
    }));
    std::cout << "connections made: " << made << ", set before they were closed: " << set
              << ", closed before they were taken: " << (gone ? std::to_string(*gone) : "not counted") << "\n";
    child.say("stop");
    EXPECT_EQ(child.hear_number(), 0) << "others were set";
    child.hear();
}

TEST(LiveRace, AppliesOnlyToWhatTheRulesChooseWhileNumbersAreUsedAgain)
{
    const Child child(hammer_until_told);
    const Written written(only_to(child.hear_number()));
    sockets::Namespaces namespaces;
    int turn = 0;
    // Now and then the program gets time between the choice and the taking.
    const auto dawdle = [&turn] {
        if (++turn % 4 == 0)
            std::this_thread::sleep_for(std::chrono::microseconds(100));
    };
    race(child, [&]() -> std::optional<std::size_t> {
        std::size_t gone = 0;
        const sockets::Applied applied = sockets::apply(sockets::take_snapshot(namespaces, {{child.pid()}}),
                                                        written.rules(), {.before_taking = dawdle});
        for (const sockets::ProcessResult& result : applied.processes) {
            gone += result.gone;
            EXPECT_TRUE(result.not_taken.empty());
            EXPECT_FALSE(result.refusal);
        }
        return gone;
    });
}

TEST(LiveRace, WatchesOnlyWhatTheRulesChooseWhileNumbersAreUsedAgain)
{
    const Child child(hammer_until_told);
    const Written written(only_to(child.hear_number(), "override"));
    guard::Watch watch({{child.pid()}}, written.rules());
    race(child, [&watch]() -> std::optional<std::size_t> {
        EXPECT_TRUE(watch.pass().troubles.empty());
        return std::nullopt;
    });
}

// Runs body between listing and taking, and tells what the descriptor then has.
void expect_untouched_after(const std::string& order)
{
    const Child child([](const Talk& talk) {
        const int chosen = listen_on("127.0.0.1"), other = listen_on("127.0.0.1");
        const int fd = connect_to_port("127.0.0.1", port_of(chosen));
        talk.say(port_of(chosen));
        const std::string what = talk.hear();
        if (what == "another socket") {
            ::dup2(connect_to_port("127.0.0.1", port_of(other)), fd);
        } else if (what == "datagrams") {
            ::dup2(::socket(AF_INET, SOCK_DGRAM, 0), fd);
        } else {
            sockaddr_in none{};
            none.sin_family = AF_UNSPEC;
            ::connect(fd, reinterpret_cast<const sockaddr*>(&none), sizeof none);
            if (what == "another peer") {
                none.sin_family = AF_INET;
                none.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
                none.sin_port = htons(port_of(other));
                ::connect(fd, reinterpret_cast<const sockaddr*>(&none), sizeof none);
            }
        }
        talk.say("done");
        talk.hear();
        talk.say(values_of(fd).keepalive);
        talk.say(values_of(fd).idle);
    });
    const Written written(only_to(child.hear_number()));
    sockets::Namespaces namespaces;
    const sockets::Snapshot snapshot = sockets::take_snapshot(namespaces, {{child.pid()}});
    child.say(order);
    child.hear();
    const sockets::Applied applied = sockets::apply(snapshot, written.rules(), {});
    EXPECT_EQ(applied.processes.at(0).set, 0u) << order;
    child.say("tell");
    EXPECT_EQ(child.hear_number(), 0) << order;
    EXPECT_NE(child.hear_number(), kUnmistakable.idle) << order;
}

TEST(LiveRace, LeavesAloneWhatTookTheNumberBetweenListingAndTaking)
{
    expect_untouched_after("another socket");
    expect_untouched_after("datagrams");
}

TEST(LiveRace, LeavesAloneASocketThatTheProgramConnectedElsewhereMeanwhile)
{
    expect_untouched_after("another peer");
    expect_untouched_after("no peer");
}

}  // namespace
}  // namespace kashim::test
