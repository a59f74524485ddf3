// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Programs from Debian that connect to a listener of the test's own, which never answers. Each says something once it
// is connected; from then on its options are what they stay, and are compared once.
#include "programs/debian.h"
#include "programs/loopback.h"
#include "programs/policy.h"

#include <cstdio>
#include <functional>
#include <optional>
#include <stdexcept>
#include <tuple>

namespace kashim::test {
namespace {

using Start = std::function<std::vector<std::string>(const std::string& address, std::uint16_t port)>;

struct Client {
    std::string name;
    std::string program;  ///< to be found where Debian puts it
    Start start;
    Values bare = {};  ///< what it has without us: its author's habits
    Values respected = kRuled;
    Values capped = kRuled;
    std::string connects = program;  ///< the name of the process that does, where it is another one
    bool by_curl = false;            ///< its library connects
};

void PrintTo(const Client& client, std::ostream* stream)
{
    *stream << client.name;
}

constexpr const char* kPythonSocket = R"(
import socket, sys
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
connection.sendall(b'hello')
connection.recv(1)
)";

constexpr const char* kPythonUrllib = R"(
import sys, urllib.request
urllib.request.urlopen(sys.argv[1])
)";

constexpr const char* kPythonAsyncio = R"(
import asyncio, sys
async def main():
    reader, writer = await asyncio.open_connection(sys.argv[1], int(sys.argv[2]))
    writer.write(b'hello')
    await reader.read(1)
asyncio.run(main())
)";

constexpr const char* kPerlSocket = R"(
use IO::Socket::IP;
my $socket = IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1]) or die $@;
$socket->autoflush(1);
print $socket 'hello';
<$socket>;
)";

constexpr const char* kBashSocket = R"(
exec 3<> "/dev/tcp/$0/$1"
echo hello >&3
read -r -u 3
)";

constexpr const char* kNodeSocket = R"(
const socket = require('net').connect(Number(process.argv[2]), process.argv[1]);
socket.write('hello');
)";

constexpr const char* kNodeAgent = R"(
const http = require('http');
http.get({ host: process.argv[1], port: process.argv[2], agent: new http.Agent({ keepAlive: true }) });
)";

constexpr const char* kNodeSlowAgent = R"(
const http = require('http');
const agent = new http.Agent({ keepAlive: true, keepAliveMsecs: 90000 });
http.get({ host: process.argv[1], port: process.argv[2], agent });
)";

constexpr const char* kPhpStream = R"(
$stream = stream_socket_client('tcp://' . $argv[1]);
fwrite($stream, 'hello');
fread($stream, 1);
)";

std::string url(const std::string& address, std::uint16_t port)
{
    return "http://" + host_and_port(address, port) + "/";
}

Start script(const std::string& program, const std::string& flag, const std::string& code)
{
    return [=](const std::string& address, std::uint16_t port) {
        return std::vector<std::string>{debian_path(program), flag, code, address, std::to_string(port)};
    };
}

/// Expected values by hand from behaviour.md, section 4. The rule: 20/7/4, dead after 20 + 7 x 4 = 48 s, and
/// user_timeout = "auto": idle + interval x count of what is in force.
const std::vector<Client> kClients{
    {.name = "python_socket", .program = "python3", .start = script("python3", "-c", kPythonSocket)},
    {.name = "python_asyncio", .program = "python3", .start = script("python3", "-c", kPythonAsyncio)},
    {.name = "python_urllib",
     .program = "python3",
     .start = [](const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("python3"), "-c", kPythonUrllib, url(address, port)};
     }},
    {.name = "perl", .program = "perl", .start = script("perl", "-e", kPerlSocket)},
    {.name = "bash", .program = "bash", .start = script("bash", "-c", kBashSocket)},
    {.name = "wget",
     .program = "wget",
     .start = [](const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("wget"), "--no-config", "-q", "-O", "-", url(address, port)};
     }},
    {.name = "nc",
     .program = "nc",
     .start = [](const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("nc"), address, std::to_string(port)};
     }},
    {.name = "socat",
     .program = "socat",
     // -t: how long it waits for the answer after its input has ended
     .start = [](const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("socat"), "-t", "60", "-", "TCP:" + host_and_port(address, port)};
     }},
    {.name = "node_socket", .program = "node", .start = script("node", "-e", kNodeSocket)},
    {.name = "php_stream",
     .program = "php",
     .start = [](const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("php"), "-n", "-r", kPhpStream, host_and_port(address, port)};
     }},

    // These switch probing on and leave the times to the system.
    {.name = "psql",
     .program = "psql",
     .start = [](const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("psql"), "-X", "-w",
                 "dbname=postgres user=nobody host=" + address + " port=" + std::to_string(port)};
     },
     .bare = {.keepalive = 1}},
    {.name = "ssh",
     .program = "ssh",
     .start = [](const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("ssh"), "-F", "none", "-o", "BatchMode=yes", "-p", std::to_string(port), address};
     },
     .bare = {.keepalive = 1}},
    {.name = "git",
     .program = "git",
     .start = [](const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("git"), "ls-remote", "git://" + host_and_port(address, port) + "/repository"};
     },
     .bare = {.keepalive = 1}},

    // 10 + 2 x 30 = 70 s. Capped at 48: (48 - 10) / 2 = 19 probes.
    {.name = "socat_with_settings",
     .program = "socat",
     .start = [](const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("socat"), "-t", "60", "-",
                 "TCP:" + host_and_port(address, port) + ",keepalive,keepidle=10,keepintvl=2,keepcnt=30"};
     },
     .bare = {.keepalive = 1, .idle = 10, .interval = 2, .count = 30},
     .respected = {.keepalive = 1, .idle = 10, .interval = 2, .count = 30, .user_timeout = 70'000},
     .capped = {.keepalive = 1, .idle = 10, .interval = 2, .count = 19, .user_timeout = 48'000}},
    {.name = "psql_with_settings",
     .program = "psql",
     .start = [](const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("psql"), "-X", "-w",
                 "dbname=postgres user=nobody host=" + address + " port=" + std::to_string(port) +
                     " keepalives_idle=10 keepalives_interval=2 keepalives_count=30"};
     },
     .bare = {.keepalive = 1, .idle = 10, .interval = 2, .count = 30},
     .respected = {.keepalive = 1, .idle = 10, .interval = 2, .count = 30, .user_timeout = 70'000},
     .capped = {.keepalive = 1, .idle = 10, .interval = 2, .count = 19, .user_timeout = 48'000}},

    // curl and its library leave the count alone before 8.9: 60 + 60 x 4 = 300 s. Capped, both times come down to ours.
    {.name = "curl",
     .program = "curl",
     .start = [](const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("curl"), "-q", "-s", "-g", url(address, port)};
     },
     .bare = {.keepalive = 1, .idle = 60, .interval = 60},
     .respected = {.keepalive = 1, .idle = 60, .interval = 60, .count = 4, .user_timeout = 300'000},
     .by_curl = true},
    {.name = "git_over_http",
     .program = "git",
     .start = [](const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("git"), "ls-remote", url(address, port) + "repository"};
     },
     .bare = {.keepalive = 1, .idle = 60, .interval = 60},
     .respected = {.keepalive = 1, .idle = 60, .interval = 60, .count = 4, .user_timeout = 300'000},
     .connects = "git-remote-http",
     .by_curl = true},
    // 15 + 5 x 3 = 30 s: within our 48, so the cap has nothing to do.
    {.name = "redis_cli",
     .program = "redis-cli",
     .start = [](const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("redis-cli"), "-h", address, "-p", std::to_string(port), "subscribe", "channel"};
     },
     .bare = {.keepalive = 1, .idle = 15, .interval = 5, .count = 3},
     .respected = {.keepalive = 1, .idle = 15, .interval = 5, .count = 3, .user_timeout = 30'000},
     .capped = {.keepalive = 1, .idle = 15, .interval = 5, .count = 3, .user_timeout = 30'000}},
    // 1 + 1 x 10 = 11 s.
    {.name = "node_agent",
     .program = "node",
     .start = script("node", "-e", kNodeAgent),
     .bare = {.keepalive = 1, .idle = 1, .interval = 1, .count = 10},
     .respected = {.keepalive = 1, .idle = 1, .interval = 1, .count = 10, .user_timeout = 11'000},
     .capped = {.keepalive = 1, .idle = 1, .interval = 1, .count = 10, .user_timeout = 11'000}},
    // 90 + 1 x 10 = 100 s. Capped, only its idle time is too long: 20 + 1 x 10 = 30 s.
    {.name = "node_slow_agent",
     .program = "node",
     .start = script("node", "-e", kNodeSlowAgent),
     .bare = {.keepalive = 1, .idle = 90, .interval = 1, .count = 10},
     .respected = {.keepalive = 1, .idle = 90, .interval = 1, .count = 10, .user_timeout = 100'000},
     .capped = {.keepalive = 1, .idle = 20, .interval = 1, .count = 10, .user_timeout = 30'000}},
};

Client client(std::string_view name)
{
    for (const Client& candidate : kClients)
        if (candidate.name == name)
            return candidate;
    throw std::out_of_range(std::string(name));
}

/// Since 8.9 curl sets the count too, to the number that is also the kernel's. git's library is of the same version.
bool curl_sets_the_count()
{
    const std::string version = run({.arguments = {debian_path("curl"), "--version"}}).out;
    int major = 0;
    int minor = 0;
    EXPECT_EQ(std::sscanf(version.c_str(), "curl %d.%d", &major, &minor), 2) << version;
    return std::pair(major, minor) >= std::pair(8, 9);
}

/// Starts the client with the policy (none: bare) and looks at its connection once it has spoken.
Values values_of(const Client& client, Listener& listener, const std::string& address,
                 const std::optional<std::string>& policy)
{
    const TempDir directory;
    Process process({.arguments = client.start(address, listener.port()),
                     .environment = policy ? preloaded_environment(directory, *policy) : bare_environment(directory),
                     .input = "hello\n"});
    Connection connection = listener.accept();
    EXPECT_TRUE(connection.receive_anything());
    const auto socket = connected_socket(process.pid(), listener.port());
    EXPECT_EQ(process.err().find("kashim"), std::string::npos) << process.err();
    return socket.value().values;
}

class ClientTest : public testing::TestWithParam<std::tuple<Client, std::string>> {
protected:
    void SetUp() override
    {
        KASHIM_NEEDS(client_.program);
        if (!has_address(address_))
            GTEST_SKIP() << "skipped, because this machine does not have " << address_;
        listener_.emplace(address_);
    }

    Values with(const std::optional<std::string>& policy) { return values_of(client_, *listener_, address_, policy); }

    const Client client_ = std::get<0>(GetParam());
    const std::string address_ = std::get<1>(GetParam());
    std::optional<Listener> listener_;
};

TEST_P(ClientTest, HasItsAuthorsHabitsWithoutUs)
{
    EXPECT_EQ(with(std::nullopt), client_.bare);
}

TEST_P(ClientTest, KeepsWhatItChoseAndGetsTheRestByDestinationPort)
{
    Values expected = client_.respected;
    if (client_.by_curl && curl_sets_the_count()) {  // 60 + 60 x 9 = 600 s
        expected.count = 9;
        expected.user_timeout = 600'000;
    }
    EXPECT_EQ(with(rule_for(outbound_to_port(listener_->port()))), expected);
}

TEST_P(ClientTest, IsCappedByTheRuleOfItsPeersAddress)
{
    const std::string peer = "direction = \"outbound\"\npeer = [\"127.0.0.0/8\", \"::1/128\"]\n";
    EXPECT_EQ(with(rule_for(peer, "cap")), client_.capped);
}

TEST_P(ClientTest, IsOverriddenByTheRuleOfItsPeersAddressAndPort)
{
    const std::string peer = outbound_to_port(listener_->port()) + "peer = \"" + address_ + "\"\n";
    EXPECT_EQ(with(rule_for(peer, "override")), kRuled);
}

TEST_P(ClientTest, IsLeftAloneByName)
{
    EXPECT_EQ(with(leave("[\"" + client_.connects + "\"]")), client_.bare);
}

INSTANTIATE_TEST_SUITE_P(Debian, ClientTest,
                         testing::Combine(testing::ValuesIn(kClients), testing::Values("127.0.0.1", "::1")),
                         [](const auto& test) {
                             return std::get<0>(test.param).name +
                                    (std::get<1>(test.param) == "::1" ? "_IPv6" : "_IPv4");
                         });

/// dead_after 8: idle 2, interval 1, count 6. The client asks for 1 + 1 x 10 = 11 s: its times are the smaller ones and
/// stay, of its ten probes only seven fit into eight seconds.
TEST(ClientCapTest, LowersTheCountOfNodesAgentOnlyAsFarAsTheBudgetNeeds)
{
    KASHIM_NEEDS("node");
    Listener listener("127.0.0.1");
    const std::string policy = R"(
[[rule]]
direction = "outbound"
idle = 2
interval = 1
count = 6
app = "cap"
)";
    EXPECT_EQ(values_of(client("node_agent"), listener, "127.0.0.1", policy),
              (Values{.keepalive = 1, .idle = 1, .interval = 1, .count = 7}));
}

/// dead_after 18: 12 + 3 x 2. The client wants 15/5/3: both times come down, and its three probes no longer fit.
TEST(ClientCapTest, LowersAllThreeOfRedisCli)
{
    KASHIM_NEEDS("redis-cli");
    Listener listener("127.0.0.1");
    const std::string policy = R"(
[[rule]]
direction = "outbound"
idle = 12
interval = 3
count = 2
app = "cap"
)";
    EXPECT_EQ(values_of(client("redis_cli"), listener, "127.0.0.1", policy),
              (Values{.keepalive = 1, .idle = 12, .interval = 3, .count = 2}));
}

constexpr const char* kOffAndOverride = R"(
[[rule]]
direction = "outbound"
keepalive = false
app = "override"
)";

TEST(ClientOffTest, OverrideKeepsProbingOffInAProgramThatSwitchesItOn)
{
    KASHIM_NEEDS("redis-cli");
    Listener listener("127.0.0.1");
    EXPECT_EQ(values_of(client("redis_cli"), listener, "127.0.0.1", kOffAndOverride),
              (Values{.keepalive = 0, .idle = 60, .interval = 30, .count = 5}));
}

}  // namespace
}  // namespace kashim::test
