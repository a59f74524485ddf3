// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Servers from Debian to which the test connects. Each is asked something; after its answer, or for those that say
// nothing before the whole question is there, after accept, nothing sets an option any more.
#include "programs/configurations.h"
#include "programs/debian.h"
#include "programs/loopback.h"
#include "programs/policy.h"

#include <functional>
#include <optional>
#include <tuple>

namespace kashim::test {
namespace {

using Start =
    std::function<std::vector<std::string>(const TempDir& directory, const std::string& address, std::uint16_t port)>;

struct Server {
    std::string name;
    std::string program;
    Start start;
    std::string question;
    std::string answer;  ///< empty: it waits for more
    Values bare = {};
    Values respected = kRuled;
    Values capped = kRuled;
    std::string left_alone = "[\"" + program + "\"]";  ///< names for a rule that leaves all its processes alone
};

void PrintTo(const Server& server, std::ostream* stream)
{
    *stream << server.name;
}

constexpr const char* kPythonAsyncioServer = R"(
import asyncio, sys
async def echo(reader, writer):
    while data := await reader.read(100):
        writer.write(data)
async def main():
    server = await asyncio.start_server(echo, sys.argv[1], int(sys.argv[2]))
    await server.serve_forever()
asyncio.run(main())
)";

constexpr const char* kNodeHttpServer = R"(
require('http').createServer((request, response) => response.end('served')).listen(process.argv[2], process.argv[1]);
)";

constexpr const char* kGet = "GET / HTTP/1.1\r\nHost: loopback\r\n\r\n";

Start script(const std::string& program, const std::string& flag, const std::string& code)
{
    return [=](const TempDir&, const std::string& address, std::uint16_t port) {
        return std::vector<std::string>{debian_path(program), flag, code, address, std::to_string(port)};
    };
}

/// keepalive: the argument of "listen".
Start nginx(const std::string& keepalive)
{
    return [=](const TempDir& directory, const std::string& address, std::uint16_t port) {
        return nginx_with(directory, "listen " + host_and_port(address, port) + " " + keepalive +
                                         ";\nlocation / { return 200 served; }\n");
    };
}

std::string socat_listener(const std::string& address, std::uint16_t port)
{
    const bool ipv6 = address.find(':') != std::string::npos;
    return (ipv6 ? "TCP6-LISTEN:" : "TCP4-LISTEN:") + std::to_string(port) +
           ",fork,bind=" + (ipv6 ? "[" + address + "]" : address);
}

/// Expected values by hand from behaviour.md, section 4; the rule is 20/7/4, 48 s.
const std::vector<Server> kServers{
    {.name = "python_http_server",
     .program = "python3",
     .start = [](const TempDir&, const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("python3"), "-m", "http.server", "--bind", address, std::to_string(port)};
     },
     .question = "GET / HTTP/1.1\r\n",
     .answer = ""},
    {.name = "python_asyncio",
     .program = "python3",
     .start = script("python3", "-c", kPythonAsyncioServer),
     .question = "hello",
     .answer = "hello"},
    {.name = "node_http",
     .program = "node",
     .start = script("node", "-e", kNodeHttpServer),
     .question = kGet,
     .answer = "served"},
    {.name = "php_built_in",
     .program = "php",
     .start = [](const TempDir& directory, const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("php"), "-n", "-S", host_and_port(address, port), "-t", directory.path()};
     },
     .question = "GET / HTTP/1.1\r\n",
     .answer = ""},
    {.name = "nc",
     .program = "nc",
     .start = [](const TempDir&, const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("nc"), "-l", address, std::to_string(port)};
     },
     .question = "hello\n",
     .answer = ""},
    {.name = "socat",
     .program = "socat",
     .start = [](const TempDir&, const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("socat"), socat_listener(address, port), "EXEC:cat"};
     },
     .question = "hello\n",
     .answer = "hello\n"},
    {.name = "xinetd",
     .program = "xinetd",
     .start = [](const TempDir& directory, const std::string& address,
                 std::uint16_t port) { return xinetd_with_cat(directory, address, port); },
     .question = "hello\n",
     .answer = "hello\n",
     .left_alone = "[\"xinetd\", \"cat\"]"},

    {.name = "nginx", .program = "nginx", .start = nginx(""), .question = kGet, .answer = "served"},
    // 10 + 2 x 30 = 70 s. Capped at 48: (48 - 10) / 2 = 19 probes.
    {.name = "nginx_so_keepalive",
     .program = "nginx",
     .start = nginx("so_keepalive=10s:2s:30"),
     .question = kGet,
     .answer = "served",
     .bare = {.keepalive = 1, .idle = 10, .interval = 2, .count = 30},
     .respected = {.keepalive = 1, .idle = 10, .interval = 2, .count = 30, .user_timeout = 70'000},
     .capped = {.keepalive = 1, .idle = 10, .interval = 2, .count = 19, .user_timeout = 48'000}},
    // Without probes there is no dead_after for "auto" to follow.
    {.name = "nginx_so_keepalive_off",
     .program = "nginx",
     .start = nginx("so_keepalive=off"),
     .question = kGet,
     .answer = "served",
     .bare = {.keepalive = 0},
     .respected = {.keepalive = 0, .idle = 20, .interval = 7, .count = 4, .user_timeout = 0}},

    // 300 + 100 x 3 = 600 s. Capped: 20 + 7 x 3 = 41 s, its three probes fit.
    {.name = "redis_server",
     .program = "redis-server",
     .start = [](const TempDir& directory, const std::string& address, std::uint16_t port) -> std::vector<std::string> {
         return {debian_path("redis-server"),
                 "--bind",
                 address,
                 "--port",
                 std::to_string(port),
                 "--save",
                 "",
                 "--dir",
                 directory.path()};
     },
     .question = "PING\r\n",
     .answer = "+PONG\r\n",
     .bare = {.keepalive = 1, .idle = 300, .interval = 100, .count = 3},
     .respected = {.keepalive = 1, .idle = 300, .interval = 100, .count = 3, .user_timeout = 600'000},
     .capped = {.keepalive = 1, .idle = 20, .interval = 7, .count = 3, .user_timeout = 41'000}},
};

class ServerTest : public testing::TestWithParam<std::tuple<Server, std::string>> {
protected:
    void SetUp() override
    {
        KASHIM_NEEDS(server_.program);
        if (!has_address(address_))
            GTEST_SKIP() << "skipped, because this machine does not have " << address_;
    }

    /// Starts the server with the policy (none: bare), asks, and looks at the connection on its side.
    Values with(const std::optional<std::string>& policy)
    {
        const TempDir directory;
        Process process(
            {.arguments = server_.start(directory, address_, port_),
             .environment = policy ? preloaded_environment(directory, *policy) : bare_environment(directory)});
        const auto ask = [&] {
            Connection connection = connect_to(address_, port_);
            connection.send(server_.question);
            if (!server_.answer.empty()) {
                const std::string answer = connection.receive_until(server_.answer);
                EXPECT_TRUE(answer.ends_with(server_.answer)) << answer << process.out() << process.err();
            }
            return connection;
        };
        // nginx listens first and sets its options then: the first connection may come in between.
        if (server_.program == "nginx")
            ask();
        const Connection connection = ask();
        const auto socket = accepted_socket(process.pid(), port_, connection.local_port());
        EXPECT_EQ(process.err().find("kashim"), std::string::npos) << process.err();
        return socket.value().values;
    }

    const Server server_ = std::get<0>(GetParam());
    const std::string address_ = std::get<1>(GetParam());
    const std::uint16_t port_ = free_port();
};

TEST_P(ServerTest, HasItsAuthorsHabitsWithoutUs)
{
    EXPECT_EQ(with(std::nullopt), server_.bare);
}

TEST_P(ServerTest, KeepsWhatItChoseAndGetsTheRestByListeningPort)
{
    EXPECT_EQ(with(rule_for(inbound_on_port(port_))), server_.respected);
}

TEST_P(ServerTest, IsCappedByTheRuleOfItsClientsAddress)
{
    const std::string peer = "direction = \"inbound\"\npeer = [\"127.0.0.0/8\", \"::1/128\"]\n";
    EXPECT_EQ(with(rule_for(peer, "cap")), server_.capped);
}

TEST_P(ServerTest, IsOverriddenByTheRuleOfItsPort)
{
    EXPECT_EQ(with(rule_for(inbound_on_port(port_), "override")), kRuled);
}

TEST_P(ServerTest, IsLeftAloneByName)
{
    EXPECT_EQ(with(leave(server_.left_alone)), server_.bare);
}

INSTANTIATE_TEST_SUITE_P(Debian, ServerTest,
                         testing::Combine(testing::ValuesIn(kServers), testing::Values("127.0.0.1", "::1")),
                         [](const auto& test) {
                             return std::get<0>(test.param).name +
                                    (std::get<1>(test.param) == "::1" ? "_IPv6" : "_IPv4");
                         });

}  // namespace
}  // namespace kashim::test
