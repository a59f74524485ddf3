// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// A server with thousands of short connections, guarded pass after pass under "override", which takes sockets in every
// one of them: no connection may notice, and those that stay must all get our values.
#include "programs/guard.h"
#include "programs/pipe.h"

#include <algorithm>
#include <sstream>

namespace kashim::test {
namespace {

/// One process, both ends: eight threads make short connections, one exchange each, and keep every 50th, over at least
/// three passes of the guard. Says how many there were, how many seconds it took and what went wrong, and waits.
constexpr const char* kBusy = R"(
import socket, socketserver, sys, threading, time

class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(100):
            self.request.sendall(data)

class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 1024

server = Server(("127.0.0.1", 0), Echo)
threading.Thread(target=server.serve_forever, daemon=True).start()
kept, made, wrong, start = [], [], [], time.monotonic()

def work(name):
    number = 0
    while number < 250 or time.monotonic() < start + 3.5:
        number += 1
        word = b"%d %d" % (name, number)
        try:
            client = socket.create_connection(server.server_address)
            client.sendall(word)
            if client.recv(100) != word: raise ValueError("another's answer")
            if number % 50 == 0 and len(kept) < 200: kept.append(client)
            else: client.close()
        except Exception as error:
            wrong.append(repr(error))
    made.append(number)

threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
seconds = round(time.monotonic() - start)
print(server.server_address[1], sum(made), len(kept), seconds, wrong[:3], flush=True)
sys.stdin.read()
)";

TEST(GuardLoadTest, ThousandsOfShortConnectionsLoseNobodyAndThoseThatStayAreSet)
{
    KASHIM_NEEDS("python3");
    const TempDir directory;
    Pipe keyboard;
    const std::string policy = in_a_hurry(kDefaultsTable + "app = \"override\"\n");
    Process guarded({.arguments = guard_started(directory, policy, {debian_path("python3"), "-c", kBusy}),
                     .environment = {"KASHIM_LOG=info"},
                     .descriptors = {{keyboard.read_end(), 0}}});
    ASSERT_TRUE(guarded.says("\n")) << guarded.err();
    std::istringstream words(guarded.out());
    std::uint16_t port = 0;
    std::size_t made = 0;
    std::size_t kept = 0;
    int seconds = 0;
    std::string wrong;
    words >> port >> made >> kept >> seconds >> wrong;
    EXPECT_EQ(wrong, "[]") << guarded.out();
    EXPECT_GE(made, 2000u);
    EXPECT_GE(kept, 40u);

    const pid_t program = process_tree(guarded.pid()).at(1);
    std::vector<TcpSocket> sockets;
    const auto is_ours = [](const TcpSocket& socket) { return socket.values == kDefaults; };
    EXPECT_TRUE(eventually([&] {
        sockets = tcp_sockets(program);
        return std::all_of(sockets.begin(), sockets.end(), is_ours);
    })) << *std::find_if_not(sockets.begin(), sockets.end(), is_ours);
    // Both ends of each, and the listener.
    EXPECT_EQ(sockets.size(), 2 * kept + 1);
    // A line an event: a pass a second, each with a handful.
    const std::string said = guarded.err();
    EXPECT_LT(std::count(said.begin(), said.end(), '\n'), 10 * (seconds + 6)) << said;
    EXPECT_NE(said.find(" sockets, [defaults] at line 1: set keepalive=on idle=90s interval=45s count=6\n"), said.npos);
}

}  // namespace
}  // namespace kashim::test
