// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The ways in which the peer of an idle connection can go, and what a blocked read of an unmodified program gets and
// when. Each ending has a network of its own, and a connection over IPv4 and one over IPv6; they all run at once.
#include "programs/debian.h"
#include "wire/both_sides.h"
#include "wire/hosts.h"
#include "wire/summary.h"
#include "wire/wire.h"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <functional>
#include <memory>
#include <sstream>
#include <vector>

namespace kashim::test {
namespace {

/// Dead after 1 + 1 x 3 = 4 s.
constexpr const char* kFourSeconds = "[defaults]\nidle = 1\ninterval = 1\ncount = 3\n";
constexpr int kCount = 3;

/// What a test that mends the wire takes, so that a slow machine has time to do it: dead after 121 s.
constexpr const char* kPatient = "[defaults]\nidle = 1\ninterval = 1\ncount = 120\n";

constexpr int kConnections = 2;  // IPv4 and IPv6
constexpr const char* kPort = "7000";

/// Sends one byte to each client, and is silent from when both have acknowledged it until SIGUSR1.
constexpr const char* kServer = R"(
import fcntl, signal, socket, struct, sys, termios
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
port = int(sys.argv[3])
listeners = [socket.create_server((sys.argv[1], port)),
             socket.create_server((sys.argv[2], port), family=socket.AF_INET6)]
connections = [listener.accept()[0] for listener in listeners]
for connection in connections:
    connection.sendall(b'1')
unacknowledged = lambda s: struct.unpack('i', fcntl.ioctl(s, termios.TIOCOUTQ, bytes(4)))[0]
while any(unacknowledged(connection) for connection in connections):
    pass
print('silent', flush=True)
signal.sigwait({signal.SIGUSR1})
for connection in connections:
    connection.sendall(b'2')
signal.pause()
)";

/// Waits for the listener, then blocks in recv() until the end, and says which it was: 0 for EOF, else errno.
constexpr const char* kClient = R"(
import socket, sys, time
while True:
    try:
        connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
        break
    except ConnectionRefusedError:
        time.sleep(0.01)
error = 0
try:
    while received := connection.recv(1):
        print('received', received.decode(), flush=True)
except OSError as failure:
    error = failure.errno
print('ended', error, time.monotonic(), flush=True)
)";

double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// A server at the far end, and at the near end a client for each family, under the library.
struct Scene {
    Scene(const Environment& bare, const Environment& preloaded)
    {
        if (!hosts.missing().empty())
            return;
        server = std::make_unique<Process>(hosts.in(Node::far, [&] {
            return Process({.arguments = {debian_path("python3"), "-c", kServer, Hosts::ipv4(Node::far),
                                          Hosts::ipv6(Node::far), kPort},
                            .environment = bare});
        }));
        for (const std::string& address : {Hosts::ipv4(Node::far), Hosts::ipv6(Node::far)})
            clients.push_back(hosts.in(Node::near, [&] {
                return Process(
                    {.arguments = {debian_path("python3"), "-c", kClient, address, kPort}, .environment = preloaded});
            }));
        if (!server->says("silent"))
            throw std::runtime_error("the clients did not come: " + server->err() + clients[0].err() +
                                     clients[1].err());
    }

    Hosts hosts;
    std::unique_ptr<Process> server;
    std::vector<Process> clients;
    double since = 0;  ///< the moment before the event, of CLOCK_MONOTONIC
    int probes = 0;    ///< sent before the event

    int probes_since() { return hosts.probes(Node::near) - probes; }
};

using Event = std::function<void(Scene&)>;

struct End {
    int error = -1;
    double seconds = 0;
};

/// How the client's read ended; error -1 where it did not.
End end_of(Process& client, double since)
{
    const Result result = client.wait();
    End end;
    if (const auto at = result.out.find("ended "); at != std::string::npos && !result.timed_out) {
        std::istringstream(result.out.substr(at + 6)) >> end.error >> end.seconds;
        end.seconds -= since;
    }
    return end;
}

class EndingsTest : public testing::Test {
protected:
    /// A scene in which the event has just happened. Where the machine was so slow that a probe got through meanwhile,
    /// it would not be known how many went into the void: then all of it once more.
    std::unique_ptr<Scene> scene_after(const Event& event, const Environment& preloaded)
    {
        for (;;) {
            auto scene = std::make_unique<Scene>(bare_, preloaded);
            if (!scene->hosts.missing().empty())
                return scene;
            scene->probes = scene->hosts.probes(Node::near);
            scene->since = now();
            event(*scene);
            if (scene->probes_since() == 0)
                return scene;
        }
    }

    std::unique_ptr<Scene> scene_after(const Event& event) { return scene_after(event, four_seconds_); }

    /// What the two clients get.
    struct Errors {
        int ipv4;
        int ipv6;
    };

    /// Both clients must end so, after so many probes each, and not outside of these seconds.
    void expect_end(const std::string& name, const char* expected, Scene& scene, Errors errors, int probes_each,
                    double earliest, double latest)
    {
        double last = 0;
        std::string got;
        for (int i = 0; i < kConnections; ++i) {
            Process& client = scene.clients[i];
            const End end = end_of(client, scene.since);
            EXPECT_EQ(end.error, i == 0 ? errors.ipv4 : errors.ipv6) << name << ": " << client.out() << client.err();
            EXPECT_GE(end.seconds, earliest) << name;
            EXPECT_LE(end.seconds, latest) << name;
            last = std::max(last, end.seconds);
            if (const std::string error = end.error < 0 ? "nothing" : error_name(end.error); error != got)
                got += (got.empty() ? "" : ", ") + error;
        }
        const int probes = scene.probes_since();
        EXPECT_EQ(probes, probes_each * kConnections) << name;
        record({name + ", IPv4 and IPv6", expected, last, probes, got});
    }

    /// The end of a connection whose peer says nothing any more.
    void expect_silent_end(const std::string& name, Scene& scene)
    {
        expect_end(name, "ETIMEDOUT at 4 s, 3 probes each", scene, {ETIMEDOUT, ETIMEDOUT}, kCount, kEarliest, kLatest);
    }

    /// Both clients must still read, and what the server says now must reach them.
    void expect_life(const std::string& name, Scene& scene)
    {
        for (Process& client : scene.clients)
            EXPECT_EQ(client.out(), "received 1\n") << name;
        scene.server->kill(SIGUSR1);
        for (Process& client : scene.clients)
            EXPECT_TRUE(client.says("received 2\n")) << name << ": " << client.out() << client.err();
        record({name + ", IPv4 and IPv6", "alive, data passes", now() - scene.since, scene.probes_since(), "nothing"});
    }

private:
    // A file of its own for each policy, written before any client reads it.
    const TempDir four_seconds_directory_;
    const TempDir patient_directory_;
    const Environment bare_ = bare_environment(four_seconds_directory_);
    const Environment four_seconds_ = preloaded_environment(four_seconds_directory_, kFourSeconds);

protected:
    const Environment patient_ = preloaded_environment(patient_directory_, kPatient);
};

struct Ending {
    const char* name;
    Event event;
};

const Ending kSilentEndings[] = {
    {"packets dropped both ways", [](Scene& scene) { scene.hosts.drop(); }},
    {"packets dropped on the way there", [](Scene& scene) { scene.hosts.drop_from(Node::near); }},
    {"packets dropped on the way back", [](Scene& scene) { scene.hosts.drop_from(Node::far); }},
    {"carrier lost near", [](Scene& scene) { scene.hosts.unplug(Node::near); }},
    {"carrier lost far", [](Scene& scene) { scene.hosts.unplug(Node::far); }},
    {"route removed far", [](Scene& scene) { scene.hosts.remove_default_routes(Node::far); }},
    {"address removed near", [](Scene& scene) { scene.hosts.remove_addresses(Node::near); }},
    {"address removed far", [](Scene& scene) { scene.hosts.remove_addresses(Node::far); }},
    {"power off far", [](Scene& scene) { scene.hosts.power_off(Node::far); }},
};

const Ending kIcmpEndings[] = {
    {"ICMP net unreachable", [](Scene& scene) { scene.hosts.answer_unreachable(Unreachable::net); }},
    {"ICMP host unreachable", [](Scene& scene) { scene.hosts.answer_unreachable(Unreachable::host); }},
    {"ICMP port unreachable", [](Scene& scene) { scene.hosts.answer_unreachable(Unreachable::port); }},
};

TEST_F(EndingsTest, APeerThatFallsSilentInWhateverWayIsETIMEDOUTAfterThreeProbes)
{
    KASHIM_NEEDS("python3");
    std::vector<std::unique_ptr<Scene>> scenes;
    for (const Ending& ending : kSilentEndings) {
        scenes.push_back(scene_after(ending.event));
        KASHIM_NEEDS_WIRE(scenes.back()->hosts);
    }
    for (std::size_t i = 0; i < scenes.size(); ++i)
        expect_silent_end(kSilentEndings[i].name, *scenes[i]);
}

/// A probe carries a sequence number that was acknowledged long ago, so the kernel does not believe an ICMP message
/// that quotes it (net/ipv4/tcp_ipv4.c, tcp_v4_err: OutOfWindowIcmps): the router's hint changes nothing.
TEST_F(EndingsTest, AnIcmpAnswerToAProbeIsNotBelievedAndTheEndIsStillETIMEDOUT)
{
    KASHIM_NEEDS("python3");
    std::vector<std::unique_ptr<Scene>> scenes;
    for (const Ending& ending : kIcmpEndings) {
        scenes.push_back(scene_after(ending.event));
        KASHIM_NEEDS_WIRE(scenes.back()->hosts);
    }
    for (std::size_t i = 0; i < scenes.size(); ++i) {
        expect_silent_end(kIcmpEndings[i].name, *scenes[i]);
        EXPECT_EQ(scenes[i]->hosts.counter(Node::near, "TcpExtOutOfWindowIcmps"), kCount * kConnections)
            << kIcmpEndings[i].name;
    }
}

/// Only where our own host has no route may the kernel have something better to say than ETIMEDOUT, and only over IPv6,
/// which remembers why it could not send (net/ipv6/inet6_connection_sock.c, inet6_csk_xmit: sk_err_soft).
TEST_F(EndingsTest, ARouteThatIsRemovedOnOurHostIsETIMEDOUTOverIPv4AndENETUNREACHOverIPv6AfterThreeProbes)
{
    KASHIM_NEEDS("python3");
    const auto scene = scene_after([](Scene& now) { now.hosts.remove_default_routes(Node::near); });
    KASHIM_NEEDS_WIRE(scene->hosts);
    expect_end("route removed near", "ETIMEDOUT, ENETUNREACH at 4 s, 3 probes each", *scene, {ETIMEDOUT, ENETUNREACH},
               kCount, kEarliest, kLatest);
}

TEST_F(EndingsTest, APeerThatHasRebootedResetsTheConnectionAtTheFirstProbe)
{
    KASHIM_NEEDS("python3");
    const auto scene = scene_after([](Scene& now) {
        now.hosts.power_off(Node::far);
        now.hosts.power_on(Node::far);
    });
    KASHIM_NEEDS_WIRE(scene->hosts);
    expect_end("rebooted, same address", "ECONNRESET at the first probe, 1 s", *scene, {ECONNRESET, ECONNRESET}, 1, 0,
               kLatest);
}

TEST_F(EndingsTest, APeerThatIsKilledOnARunningHostIsEOFBeforeAnyProbe)
{
    KASHIM_NEEDS("python3");
    const auto scene = scene_after([](Scene& now) { now.server->kill(SIGKILL); });
    KASHIM_NEEDS_WIRE(scene->hosts);
    expect_end("peer's process killed", "EOF at once, no probe", *scene, {0, 0}, 0, 0, kLatest);
}

TEST_F(EndingsTest, APeerThatIsSilentOrStoppedOrCutOffForAWhileLives)
{
    KASHIM_NEEDS("python3");
    constexpr int kIdles = 8;  // twice the budget
    const auto silent = scene_after([](Scene&) {});
    KASHIM_NEEDS_WIRE(silent->hosts);
    const auto stopped = scene_after([](Scene& now) { now.server->kill(SIGSTOP); });
    const auto unplugged = scene_after([](Scene& now) { now.hosts.unplug(Node::near); }, patient_);
    const auto dropped = scene_after([](Scene& now) { now.hosts.drop(); }, patient_);

    for (Scene* scene : {unplugged.get(), dropped.get()}) {
        ASSERT_TRUE(eventually([&] { return scene->probes_since() >= 2 * kConnections; }));
        scene->hosts.restore();
    }
    for (Scene* scene : {silent.get(), stopped.get(), unplugged.get(), dropped.get()})
        ASSERT_TRUE(eventually([&] { return scene->probes_since() >= kIdles * kConnections; }))
            << scene->clients[0].out() << scene->clients[1].out();

    expect_life("alive and silent for 8 idles", *silent);
    for (Process& client : stopped->clients)
        EXPECT_EQ(client.out(), "received 1\n") << "while the peer is stopped";
    stopped->server->kill(SIGCONT);
    expect_life("peer stopped (SIGSTOP) for 8 idles", *stopped);
    expect_life("carrier lost near, back after 2 probes", *unplugged);
    expect_life("packets dropped, back after 2 probes", *dropped);
}

}  // namespace
}  // namespace kashim::test
