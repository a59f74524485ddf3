// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What a guarded program starts, and who starts it.
#include "programs/guard_wrapper.h"
#include "programs/loopback.h"
#include "programs/pipe.h"

namespace kashim::test {
namespace {

class GuardChildrenTest : public GuardWrapperTest {};

TEST_F(GuardChildrenTest, SocketActivationReachesTheProgram)
{
    KASHIM_NEEDS("systemd-socket-activate");
    KASHIM_NEEDS("python3");
    const std::uint16_t port = free_port();
    std::vector<std::string> command{debian_path("systemd-socket-activate"),
                                     "--listen=127.0.0.1:" + std::to_string(port)};
    const std::vector<std::string> service =
        python("import os, socket\n"
               "assert os.environ['LISTEN_FDS'] == '1' and os.environ['LISTEN_PID'] == str(os.getpid())\n"
               "connection, _ = socket.socket(fileno=3).accept()\n"
               "connection.sendall(b'served')\nconnection.recv(1)\n");
    command.insert(command.end(), service.begin(), service.end());
    Process process({.arguments = command});
    Connection client = connect_to("127.0.0.1", port);
    EXPECT_EQ(client.receive_until("served"), "served") << process.err();
    constexpr Values kOurs{.keepalive = 1, .idle = 90, .interval = 45, .count = 6, .user_timeout = 0};
    EXPECT_EQ(accepted_values_become(process.pid(), port, client.local_port(), kOurs), kOurs);
}

TEST_F(GuardChildrenTest, TheServiceManagersNumbersAreThoseOfTheProgram)
{
    std::string guard;
    for (const std::string& word : guarded({"sh", "-c",
                                            "test $WATCHDOG_PID = $$ && test $SYSTEMD_EXEC_PID = $$ && "
                                            "test $LISTEN_PID = 1 && echo ${LISTEN_PIDFDID-unset}"}))
        guard += "'" + word + "' ";
    const Result result = run({.arguments = {"sh", "-c",
                                             "WATCHDOG_PID=$$ SYSTEMD_EXEC_PID=$$ LISTEN_PID=1 LISTEN_PIDFDID=5 "
                                             "exec " +
                                                 guard}});
    EXPECT_EQ(result.out, "unset\n") << result;
}

/// Connects, says so, and holds the connection.
constexpr const char* kStartsChildrenLater = R"py(
import os, socket, subprocess, sys
client = "import socket, sys; held = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); sys.stdin.read()"
for line in sys.stdin:
    kind, port = line.split()
    command = [sys.executable, "-c", client, port]
    if kind == "child":
        subprocess.Popen(command, stdin=subprocess.PIPE)
    elif os.fork() == 0:
        # An orphan: its parent is gone before anybody has seen it.
        if os.fork() == 0:
            os.setsid()
            os.execv(sys.executable, command)
        os._exit(0)
)py";

TEST_F(GuardChildrenTest, ChildrenAndOrphansThatComeLaterAreFollowed)
{
    KASHIM_NEEDS("python3");
    Listener for_child("127.0.0.1");
    Listener for_orphan("127.0.0.1");
    Pipe keyboard;
    Process process({.arguments = python(kStartsChildrenLater), .descriptors = {{keyboard.read_end(), 0}}});
    keyboard.type("child " + std::to_string(for_child.port()) + "\n");
    const Connection child = for_child.accept();
    keyboard.type("orphan " + std::to_string(for_orphan.port()) + "\n");
    const Connection orphan = for_orphan.accept();
    EXPECT_EQ(values_become(process.pid(), for_child.port(), kDefaults), kDefaults);
    EXPECT_EQ(values_become(process.pid(), for_orphan.port(), kDefaults), kDefaults);
    EXPECT_EQ(process.err(), "");
}

TEST_F(GuardChildrenTest, AtInfoItSaysWhatItSetOnWhichProcess)
{
    KASHIM_NEEDS("python3");
    Listener listener("127.0.0.1");
    const std::string port = std::to_string(listener.port());
    Process process({.arguments = python(("import socket, sys, os\nprint(os.getpid(), flush=True)\nheld = "
                                          "socket.create_connection(('127.0.0.1', " +
                                          port + "))\nheld.recv(1)")
                                             .c_str()),
                     .environment = {"KASHIM_LOG=info"}});
    ASSERT_TRUE(process.says("\n"));
    const std::string pid = process.out().substr(0, process.out().size() - 1);
    const Connection peer = listener.accept();
    ASSERT_EQ(values_become(process.pid(), listener.port(), kDefaults), kDefaults);
    ASSERT_TRUE(eventually([&] { return process.err().ends_with("\n"); }));
    EXPECT_EQ(process.err(), "kashim[" + std::to_string(process.pid()) + "]: python3[" + pid + "]: fd 3 to 127.0.0.1:" +
                                 port + ", [defaults] at line 1: set keepalive=on idle=90s interval=45s count=6\n");
}

}  // namespace
}  // namespace kashim::test
