// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What dead_after promises, and keepalive = false, counted on the wire: a capture of what an unmodified Python sends.
#include "policy/timeline.h"
#include "programs/debian.h"
#include "programs/loopback.h"
#include "wire/both_sides.h"
#include "wire/budgets.h"
#include "wire/capture.h"
#include "wire/namespaces.h"
#include "wire/summary.h"
#include "wire/wire.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <sstream>

namespace kashim::test {
namespace {

/// Connects to every "ADDRESS/PORT" it is given, and says of each how it ended (0 for EOF, else errno) and when.
constexpr const char* kManyReaders = R"(
import select, socket, sys, time
poll = select.poll()
waiting = {}
for target in sys.argv[1:]:
    address, port = target.split('/')
    connection = socket.create_connection((address, int(port)))
    waiting[connection.fileno()] = target, connection
    poll.register(connection, select.POLLIN)
print('connected', flush=True)
while waiting:
    for fd, event in poll.poll():
        target, connection = waiting.pop(fd)
        poll.unregister(fd)
        error = 0
        try:
            connection.recv(1)
        except OSError as failure:
            error = failure.errno
        print(target, error, time.monotonic(), flush=True)
)";

struct End {
    int error = -1;
    double time = 0;  ///< s of CLOCK_MONOTONIC
};

/// What a connection of the grid did.
struct Course {
    End end;
    double last_answer = 0;
    std::vector<double> probes;  ///< unanswered ones
};

double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::map<std::string, End> ends_in(const std::string& output)
{
    std::map<std::string, End> ends;
    std::istringstream lines(output.substr(output.find('\n') + 1));  // after "connected"
    std::string target;
    for (End end; lines >> target >> end.error >> end.time;)
        ends[target] = end;
    return ends;
}

/// The client never sends data, so that a bare acknowledgement which goes one back in sequence, to the SYN's, is a
/// probe (net/ipv4/tcp_output.c, tcp_xmit_probe_skb).
Course course_of(bool ipv6, std::uint16_t port, Capture& capture)
{
    Course course;
    std::uint32_t initial = 0;
    for (const Segment& segment : capture.segments()) {
        if (segment.ipv6 != ipv6)
            continue;
        if (segment.destination_port == port && segment.syn)
            initial = segment.sequence;
        if (segment.destination_port == port && segment.bare_acknowledgement && segment.sequence == initial)
            course.probes.push_back(segment.time);
        if (segment.source_port == port) {
            course.last_answer = segment.time;
            course.probes.clear();
        }
    }
    return course;
}

std::string described(const Course& course)
{
    std::ostringstream text;
    text << "error " << course.end.error << " at " << course.end.time - course.last_answer << " s, probes at";
    for (const double probe : course.probes)
        text << " " << probe - course.last_answer;
    return text.str();
}

/// What the kernel does with these values, as kashim explain tells it.
policy::Timeline timeline_of(int idle, int interval, int count, int user_timeout)
{
    return policy::timeline({true, static_cast<std::uint8_t>(count), policy::Seconds(static_cast<std::uint16_t>(idle)),
                             policy::Seconds(static_cast<std::uint16_t>(interval)),
                             policy::Milliseconds(static_cast<std::uint32_t>(user_timeout))},
                            policy::System::on_linux);
}

/// The values of the connections of kManyReaders, in the order of its arguments.
std::vector<Values> values_of_connections(pid_t pid)
{
    std::vector<TcpSocket> sockets = tcp_sockets(pid);
    std::sort(sockets.begin(), sockets.end(), [](const TcpSocket& a, const TcpSocket& b) { return a.fd < b.fd; });
    std::vector<Values> values;
    for (const TcpSocket& socket : sockets)
        values.push_back(socket.values);
    return values;
}

/// What the library must have set, so that the kernel does that.
Values values_for(int idle, int interval, int count, int user_timeout)
{
    return {.keepalive = 1, .idle = idle, .interval = interval, .count = count, .user_timeout = user_timeout};
}

/// A second of the kernel's timer is some milliseconds longer, a long one up to an eighth (kernel/time/timer.c), and
/// the machine may be slow; nothing may come early.
void expect_course(const Course& course, const policy::Timeline& told)
{
    EXPECT_EQ(course.end.error, ETIMEDOUT);
    EXPECT_EQ(course.probes.size(), told.probes);
    double before = course.last_answer;
    for (std::size_t i = 0; i < course.probes.size(); ++i) {
        const auto wait = static_cast<double>((i == 0 ? told.idle : told.interval).count());
        EXPECT_GE(course.probes[i] - before, wait - 0.1) << "probe " << i + 1;
        before = course.probes[i];
    }
    const auto death = static_cast<double>(told.death().count());
    EXPECT_GE(course.end.time - course.last_answer, death - 0.3);
    EXPECT_LE(course.end.time - course.last_answer, death + kSlowness);
}

TEST(BudgetTest, ASilentPeerIsDeadAfterTheBudgetWithTheCountOfProbesAtTheInterval)
{
    KASHIM_NEEDS("python3");
    Wire wire;
    KASHIM_NEEDS_WIRE(wire);
    struct Connected {
        const Budget& budget;
        bool ipv6;
        std::unique_ptr<Listener> listener;
        std::string target;
    };
    const TempDir directory;
    std::vector<Connected> all;
    std::vector<std::string> arguments{debian_path("python3"), "-c", kManyReaders};
    std::string policy;
    for (const Budget& budget : kBudgets)
        for (const bool ipv6 : {false, true}) {
            const std::string address = ipv6 ? "::1" : "127.0.0.1";
            auto listener = std::make_unique<Listener>(address);
            const std::string port = std::to_string(listener->port());
            all.push_back({budget, ipv6, std::move(listener), address + "/" + port});
            arguments.push_back(all.back().target);
            policy += "[[rule]]\npeer = \"" + address + "\"\nport = " + port +
                      "\ndead_after = " + std::to_string(budget.dead_after) + "\n";
            if (budget.given_count != 0)
                policy += "count = " + std::to_string(budget.given_count) + "\n";
        }
    Capture capture;
    Process readers({.arguments = arguments, .environment = preloaded_environment(directory, policy)});
    ASSERT_TRUE(readers.says("connected")) << readers.err();
    const std::vector<Values> values = values_of_connections(readers.pid());
    wire.cut_everything();
    const Result result = readers.wait();

    const std::map<std::string, End> ends = ends_in(result.out);
    ASSERT_EQ(ends.size(), all.size()) << result;
    ASSERT_EQ(values.size(), all.size());
    for (std::size_t i = 0; i < all.size(); i += 2) {
        const Budget& budget = all[i].budget;
        const std::string name = "dead_after " + std::to_string(budget.dead_after) + " s, " +
                                 (budget.given_count == 0 ? "no count" : "count " + std::to_string(budget.count));
        double last = 0;
        int probes = 0;
        for (std::size_t family = i; family < i + 2; ++family) {
            Course course = course_of(all[family].ipv6, all[family].listener->port(), capture);
            course.end = ends.at(all[family].target);
            SCOPED_TRACE(name + (all[family].ipv6 ? ", IPv6: " : ", IPv4: ") + described(course));
            EXPECT_EQ(values[family], values_for(budget.idle, budget.interval, budget.count, 0));
            expect_course(course, timeline_of(budget.idle, budget.interval, budget.count, 0));
            last = std::max(last, course.end.time - course.last_answer);
            probes += static_cast<int>(course.probes.size());
        }
        record(
            {name + ", IPv4 and IPv6",
             "ETIMEDOUT at " + std::to_string(budget.dead_after) + " s, probes each: " + std::to_string(budget.count),
             last, probes, error_name(ends.at(all[i].target).error)});
    }
}

TEST(BudgetTest, AUserTimeoutDecidesInPlaceOfTheCountAtTheFirstProbeDueThatIsNotBeforeIt)
{
    KASHIM_NEEDS("python3");
    Wire wire;
    KASHIM_NEEDS_WIRE(wire);
    const TempDir directory;
    std::vector<std::unique_ptr<Listener>> listeners;
    std::vector<std::string> arguments{debian_path("python3"), "-c", kManyReaders};
    std::string policy;
    for (const Limited& row : kLimited) {
        listeners.push_back(std::make_unique<Listener>("127.0.0.1"));
        const std::string port = std::to_string(listeners.back()->port());
        arguments.push_back("127.0.0.1/" + port);
        policy += "[[rule]]\nport = " + port + "\nidle = " + std::to_string(row.idle) +
                  "\ninterval = " + std::to_string(row.interval) + "\ncount = " + std::to_string(row.count) +
                  "\nuser_timeout = \"" + std::to_string(row.user_timeout) + "ms\"\n";
    }
    Capture capture;
    Process readers({.arguments = arguments, .environment = preloaded_environment(directory, policy)});
    ASSERT_TRUE(readers.says("connected")) << readers.err();
    const std::vector<Values> values = values_of_connections(readers.pid());
    wire.cut_everything();
    const Result result = readers.wait();

    const std::map<std::string, End> ends = ends_in(result.out);
    ASSERT_EQ(ends.size(), listeners.size()) << result;
    ASSERT_EQ(values.size(), listeners.size());
    for (std::size_t i = 0; i < listeners.size(); ++i) {
        const Limited& row = kLimited[i];
        Course course = course_of(false, listeners[i]->port(), capture);
        course.end = ends.at(arguments[3 + i]);
        const std::string name = "idle " + std::to_string(row.idle) + " s, interval " + std::to_string(row.interval) +
                                 " s, count " + std::to_string(row.count) + ", user_timeout " +
                                 std::to_string(row.user_timeout) + " ms";
        SCOPED_TRACE(name + ": " + described(course));
        EXPECT_EQ(values[i], values_for(row.idle, row.interval, row.count, row.user_timeout));
        expect_course(course, timeline_of(row.idle, row.interval, row.count, row.user_timeout));
        record({name, "ETIMEDOUT at " + std::to_string(row.end) + " s, probes: " + std::to_string(row.probes),
                course.end.time - course.last_answer, static_cast<int>(course.probes.size()),
                error_name(course.end.error)});
    }
}

constexpr const char* kMptcpPair = R"(
import socket, sys, time
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
listener.bind(('127.0.0.1', 0))
listener.listen()
connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
connection.connect(listener.getsockname())
peer = listener.accept()[0]
print('connected', flush=True)
error = 0
try:
    connection.recv(1)
except OSError as failure:
    error = failure.errno
print('mptcp', error, time.monotonic(), flush=True)
)";

/// Its subflow dies at the budget, but the connection waits for another one, net.mptcp.close_timeout seconds long
/// (60 where nobody sets it), and only then tells the program, and not as TCP would.
TEST(BudgetTest, AnMptcpConnectionEndsOnlyWhenNoSubflowCameBackAfterTheBudget)
{
    KASHIM_NEEDS("python3");
    Wire wire;
    KASHIM_NEEDS_WIRE(wire);
    constexpr const char* kCloseTimeout = "/proc/sys/net/mptcp/close_timeout";
    if (!std::filesystem::exists(kCloseTimeout))
        GTEST_SKIP() << "skipped, because this kernel has no net.mptcp.close_timeout";
    write_file("/proc/sys/net/mptcp/enabled", "1");
    write_file(kCloseTimeout, "2");
    const TempDir directory;
    Process pair({.arguments = {debian_path("python3"), "-c", kMptcpPair},
                  .environment = preloaded_environment(directory, "[defaults]\nidle = 1\ninterval = 1\ncount = 3\n")});
    ASSERT_TRUE(pair.says("connected")) << pair.err();
    ASSERT_EQ(kernel_counter("MPTcpExtMPCapableSYNACKRX"), 1) << "the connection fell back to TCP";
    const double cut = now();
    wire.cut_everything();
    const Result result = pair.wait();

    const std::map<std::string, End> ends = ends_in(result.out);
    ASSERT_EQ(ends.count("mptcp"), 1U) << result;
    const End end = ends.at("mptcp");
    EXPECT_EQ(error_name(end.error), "ENOTCONN") << result;
    EXPECT_GE(end.time - cut, 4 + 2 - 1 - 0.3);
    EXPECT_LE(end.time - cut, 4 + 2 + kSlowness);
    record({"dead_after 4 s, MPTCP with net.mptcp.close_timeout = 2", "ENOTCONN at 4 + 2 s", end.time - cut,
            std::nullopt, error_name(end.error)});
}

/// Asks for probes each second in every order that a program may.
constexpr const char* kWantsProbes = R"(
import socket, sys
def ask(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
there = '127.0.0.1', int(sys.argv[1])
before, after = socket.socket(), socket.socket()
ask(before)
before.connect(there)
after.connect(there)
ask(after)
print('connected', flush=True)
before.recv(1)
)";

TEST(BudgetTest, KeepaliveFalseWithOverrideSendsNotOneProbeFromAProgramThatAsksForThem)
{
    KASHIM_NEEDS("python3");
    Wire wire;
    KASHIM_NEEDS_WIRE(wire);
    constexpr int kConnections = 2;
    constexpr int kSilences = 5;
    const TempDir directory;
    Listener bare_listener("127.0.0.1");
    Listener listener("127.0.0.1");
    const auto start = [](const Listener& to, const Environment& environment) {
        return Process({.arguments = {debian_path("python3"), "-c", kWantsProbes, std::to_string(to.port())},
                        .environment = environment});
    };
    Process quiet =
        start(listener, preloaded_environment(directory, "[defaults]\nkeepalive = false\napp = \"override\"\n"));
    ASSERT_TRUE(quiet.says("connected")) << quiet.err();
    Process bare = start(bare_listener, bare_environment(directory));
    ASSERT_TRUE(bare.says("connected")) << bare.err();

    Capture capture;
    const double since = now();
    const auto sent_to = [&](const Listener& to) {
        const std::vector<Segment>& segments = capture.segments();
        return static_cast<int>(std::count_if(segments.begin(), segments.end(), [&](const Segment& segment) {
            return segment.destination_port == to.port();
        }));
    };
    ASSERT_TRUE(eventually([&] { return sent_to(bare_listener) >= kSilences * kConnections; }));

    EXPECT_EQ(sent_to(listener), 0);
    EXPECT_TRUE(quiet.running());
    record({"keepalive = false, override, against a program that asks each second", "no probe", now() - since,
            sent_to(listener), "nothing"});
}

}  // namespace
}  // namespace kashim::test
