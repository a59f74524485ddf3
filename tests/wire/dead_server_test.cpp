// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The server is gone without a word, and a client waits for it: in read, in poll, in epoll, in a pool of threads. The
// client runs twice. Both wait for the same server when the wire is cut; the preloaded one is told, in its own words.
#include "programs/debian.h"
#include "programs/loopback.h"
#include "programs/pipe.h"
#include "wire/both_sides.h"
#include "wire/servers.h"
#include "wire/summary.h"

#include <sys/syscall.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kashim::test {
namespace {

const std::vector<long> kRead{SYS_read, SYS_recvfrom};
const std::vector<long> kPoll{
#ifdef SYS_poll
    SYS_poll,
#endif
    SYS_ppoll, SYS_pselect6};
const std::vector<long> kEpoll{
#ifdef SYS_epoll_wait
    SYS_epoll_wait,
#endif
    SYS_epoll_pwait};

/// How a client ends that lost its server.
struct Ending {
    int exit_code;
    std::string out;
    std::string err;  ///< a piece of it; empty: it says nothing there
};

/// What a client says in the summary; nc says nothing.
std::string first_line(const std::string& text)
{
    return text.empty() ? "ends in silence" : text.substr(0, text.find('\n'));
}

class DeadServerTest : public testing::Test {
protected:
    void SetUp() override { KASHIM_NEEDS_WIRE(wire_); }

    void start(const std::vector<std::string>& arguments)
    {
        bare_.emplace(Command{.arguments = arguments,
                              .environment = bare_environment(directory_),
                              .descriptors = {{bare_keyboard_.read_end(), 0}}});
        preloaded_.emplace(Command{.arguments = arguments,
                                   .environment = preloaded_environment(directory_, kFourSecondsForAll),
                                   .descriptors = {{preloaded_keyboard_.read_end(), 0}}});
    }

    /// Both clients are in a session with the server on the port, and now only wait. connections: of one of them.
    void expect_only_preloaded_ends(const std::string& name, std::uint16_t port, const std::vector<long>& waiting,
                                    const Ending& ending, int connections = 1)
    {
        for (Process* client : {&*bare_, &*preloaded_})
            ASSERT_TRUE(eventually([&] { return waits_in(client->pid(), waiting); })) << client->err();
        const std::string said = bare_->out() + bare_->err();

        const Stopwatch watch;
        const int probes = cut_silent(wire_, {port});
        const Result result = preloaded_->wait();
        const double seconds = watch.seconds();
        const int sent = wire_.probes() - probes;

        expect_ending(result, ending);
        EXPECT_EQ(sent, 3 * connections);
        EXPECT_GT(seconds, kEarliest);
        EXPECT_LT(seconds, kLatest);
        EXPECT_TRUE(bare_->running());
        EXPECT_EQ(bare_->out() + bare_->err(), said);
        record({.name = name,
                .expected = "ends at 4 s, " + std::to_string(3 * connections) + " probes; bare: waits",
                .seconds = seconds,
                .probes = sent,
                .error = first_line(ending.err.empty() ? ending.out : ending.err)});
    }

    static void expect_ending(const Result& result, const Ending& ending)
    {
        EXPECT_EQ(result.exit_code, ending.exit_code) << result;
        EXPECT_EQ(result.out, ending.out);
        if (ending.err.empty())
            EXPECT_EQ(result.err, "");
        else
            EXPECT_NE(result.err.find(ending.err), std::string::npos) << result;
    }

    const TempDir directory_;
    Wire wire_;
    Pipe bare_keyboard_;
    Pipe preloaded_keyboard_;
    std::optional<Process> bare_;
    std::optional<Process> preloaded_;
};

constexpr const char* kPythonRead = R"(
import socket, sys
connection = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
connection.sendall(b'hello')
connection.recv(1)
)";

constexpr const char* kPythonPoll = R"(
import select, socket, sys
connection = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
connection.sendall(b'hello')
poll = select.poll()
poll.register(connection, select.POLLIN)
poll.poll()
connection.recv(1)
)";

constexpr const char* kPythonAsyncio = R"(
import asyncio, sys
async def main():
    reader, writer = await asyncio.open_connection('127.0.0.1', int(sys.argv[1]))
    writer.write(b'hello')
    await reader.read(1)
asyncio.run(main())
)";

constexpr const char* kPythonThreadPool = R"(
import concurrent.futures, socket, sys
def ask(number):
    with socket.create_connection(('127.0.0.1', int(sys.argv[1]))) as connection:
        connection.sendall(b'hello')
        return connection.recv(1)
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    for future in [pool.submit(ask, number) for number in range(4)]:
        print(type(future.exception()).__name__)
)";

constexpr const char* kNode = "require('net').connect(process.argv[1], '127.0.0.1').resume().write('hello')";

constexpr const char* kJava = R"(
import java.net.Socket;

public class Client {
    public static void main(String[] arguments) throws Exception {
        Socket socket = new Socket("127.0.0.1", Integer.parseInt(arguments[0]));
        socket.getOutputStream().write("hello".getBytes());
        socket.getInputStream().read();
    }
}
)";

/// A client that speaks first, to a server that only listens.
struct Client {
    std::string name;
    std::string title;  ///< in the summary
    std::string program;
    std::function<std::vector<std::string>(const TempDir& directory)> start;  ///< the port follows
    std::vector<long> waits_in;
    Ending ending;
    int connections = 1;
};

void PrintTo(const Client& client, std::ostream* stream)
{
    *stream << client.name;
}

std::function<std::vector<std::string>(const TempDir&)> script(const char* program, const char* flag, const char* code)
{
    return [=](const TempDir&) { return std::vector<std::string>{debian_path(program), flag, code}; };
}

const std::vector<Client> kClients{
    {.name = "PythonInRead",
     .title = "python3 in recv",
     .program = "python3",
     .start = script("python3", "-c", kPythonRead),
     .waits_in = kRead,
     .ending = {1, "", "TimeoutError: [Errno 110] Connection timed out\n"}},
    {.name = "PythonInPoll",
     .title = "python3 in poll",
     .program = "python3",
     .start = script("python3", "-c", kPythonPoll),
     .waits_in = kPoll,
     .ending = {1, "", "TimeoutError: [Errno 110] Connection timed out\n"}},
    {.name = "PythonAsyncioInEpoll",
     .title = "python3 asyncio, in epoll",
     .program = "python3",
     .start = script("python3", "-c", kPythonAsyncio),
     .waits_in = kEpoll,
     .ending = {1, "", "TimeoutError: [Errno 110] Connection timed out\n"}},
    {.name = "PythonThreadPool",
     .title = "python3, 4 threads of a pool",
     .program = "python3",
     .start = script("python3", "-c", kPythonThreadPool),
     .waits_in = kRead,
     .ending = {0, "TimeoutError\nTimeoutError\nTimeoutError\nTimeoutError\n", ""},
     .connections = 4},
    {.name = "NodeInEpoll",
     .title = "node, in epoll",
     .program = "node",
     .start = script("node", "-e", kNode),
     .waits_in = kEpoll,
     .ending = {1, "", "Error: read ETIMEDOUT\n"}},
    {.name = "JavaInRead",
     .title = "Java, in read",
     .program = "java",
     .start = [](const TempDir& directory) -> std::vector<std::string> {
         return {debian_path("java"), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                 write_file(directory / "Client.java", kJava)};
     },
     .waits_in = kRead,
     .ending = {1, "", "java.net.SocketException: Connection timed out\n"}},
    // It never says why a session is over.
    {.name = "NetcatInPoll",
     .title = "nc, in poll",
     .program = "nc",
     .start = [](const TempDir&) -> std::vector<std::string> {
         return {debian_path("nc"), "127.0.0.1"};
     },
     .waits_in = kPoll,
     .ending = {0, "", ""}},
};

class DeadListenerTest : public DeadServerTest, public testing::WithParamInterface<Client> {};

TEST_P(DeadListenerTest, EndsTheClientsWait)
{
    const Client& client = GetParam();
    KASHIM_NEEDS(client.program);
    Listener listener("127.0.0.1");
    std::vector<std::string> arguments = client.start(directory_);
    arguments.push_back(std::to_string(listener.port()));
    start(arguments);
    for (Pipe* keyboard : {&bare_keyboard_, &preloaded_keyboard_})
        keyboard->type("hello");
    std::vector<Connection> peers;
    for (int i = 0; i < 2 * client.connections; ++i) {
        peers.push_back(listener.accept());
        ASSERT_EQ(peers.back().receive_until("hello"), "hello");
    }

    expect_only_preloaded_ends(client.title, listener.port(), client.waits_in, client.ending, client.connections);
}

INSTANTIATE_TEST_SUITE_P(Debian, DeadListenerTest, testing::ValuesIn(kClients),
                         [](const auto& test) { return test.param.name; });

TEST_F(DeadServerTest, EndsPsqlThatWaitsForAResult)
{
    KASHIM_NEEDS_SERVER(Postgres);
    Postgres postgres;
    start(postgres.psql({"-c", "select pg_sleep(600)"}));
    const std::string asleep = "select count(*) from pg_stat_activity where query = 'select pg_sleep(600)'";
    ASSERT_TRUE(eventually([&] { return postgres.ask(asleep) == "2\n"; }));

    expect_only_preloaded_ends("psql waiting for a result", postgres.port(), kPoll,
                               {2, "", "could not receive data from server: Connection timed out\n"});
}

/// It waits for the keyboard and does not look at its connection. The kernel does: the next statement fails at once,
/// where it would hang until the retransmissions end (15 minutes).
TEST_F(DeadServerTest, EndsAnIdlePsqlWithItsNextStatement)
{
    KASHIM_NEEDS_SERVER(Postgres);
    Postgres postgres;
    start(postgres.psql());
    for (Pipe* keyboard : {&bare_keyboard_, &preloaded_keyboard_})
        keyboard->type("select 'ready';\n");
    for (Process* client : {&*bare_, &*preloaded_})
        ASSERT_TRUE(client->says("ready\n")) << client->err();
    const std::uint16_t from = connected_socket(preloaded_->pid(), postgres.port()).value().local_port;

    const Stopwatch watch;
    const int probes = cut_silent(wire_, {postgres.port()});
    EXPECT_TRUE(eventually([&] { return !established(from, postgres.port()); }));
    const double seconds = watch.seconds();
    const int sent = wire_.probes() - probes;
    for (Pipe* keyboard : {&bare_keyboard_, &preloaded_keyboard_})
        keyboard->type("select 'answer';\n");
    const Result result = preloaded_->wait();

    const Ending ending{2, "ready\n", "server closed the connection unexpectedly\n"};
    expect_ending(result, ending);
    EXPECT_EQ(sent, 3);
    EXPECT_GT(seconds, kEarliest);
    EXPECT_LT(seconds, kLatest);
    EXPECT_TRUE(bare_->running());
    EXPECT_EQ(bare_->out() + bare_->err(), "ready\n");
    record({.name = "psql idle at its prompt",
            .expected = "next statement fails from 4 s on, 3 probes; bare: hangs",
            .seconds = seconds,
            .probes = sent,
            .error = first_line(ending.err)});
}

TEST_F(DeadServerTest, EndsRedisCliThatSubscribes)
{
    KASHIM_NEEDS_SERVER(Redis);
    Redis redis;
    start({debian_path("redis-cli"), "-p", std::to_string(redis.port()), "subscribe", "channel"});
    for (Process* client : {&*bare_, &*preloaded_})
        ASSERT_TRUE(client->says("channel\n1\n")) << client->err();

    // What its library calls an ETIMEDOUT.
    expect_only_preloaded_ends("redis-cli SUBSCRIBE", redis.port(), kRead,
                               {1, "subscribe\nchannel\n1\n", "Error: recv timeout\n"});
}

TEST_F(DeadServerTest, EndsSshWithAnOpenShell)
{
    KASHIM_NEEDS_SERVER(Sshd);
    Sshd sshd;
    start(sshd.ssh("echo ready; exec sh"));
    for (Process* client : {&*bare_, &*preloaded_})
        ASSERT_TRUE(client->says("ready\n")) << client->err() << sshd.process().err();

    expect_only_preloaded_ends("ssh with an open shell", sshd.port(), kPoll,
                               {255, "ready\n", "client_loop: send disconnect: Broken pipe"});
}

}  // namespace
}  // namespace kashim::test
