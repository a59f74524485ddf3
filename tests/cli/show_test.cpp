// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim show, as a user meets it: its whole output beside real sockets, whose truth is what the kernel tells.
#include "cli/script.h"
#include "programs/debian.h"
#include "support/values.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <regex>

namespace kashim::test {
namespace {

const std::string kHeader = "STATE  RECV-Q  SEND-Q  LOCAL  PEER  PROCESS  KEEPALIVE  IDLE  INTERVAL  COUNT  "
                            "USER_TIMEOUT  DEAD_AFTER  NEXT_PROBE"
                            "  RULE  AGREES  NOTE\n";

std::string without_note(std::string header)
{
    return header.replace(header.find("  NOTE"), 6, "");
}

void expect(const Result& result, const std::string& out, const std::string& err = "")
{
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_EQ(table_of(result), out);
    EXPECT_EQ(result.err, err);
}

TEST(Show, EverySocketOfAProcessIsALineWithItsTrueValues)
{
    const Script script(R"(
four, six = listener(), listener('::')
four_client, four_accepted = connection(four)
six_client, six_accepted = connection(six, '::1')
mapped_client, mapped_accepted = connection(six)
four_client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
for name, value in ((4, 1000), (5, 10), (6, 3), (18, 1234)):
    four_client.setsockopt(socket.IPPROTO_TCP, name, value)
mapped_accepted.send(b'abc')
say(four=port(four), six=port(six), a=port(four_client), b=port(six_client), c=port(mapped_client))
)");
    const Kashim kashim("[[rule]]\nname = \"six\"\nport = " + script.said("six") + "\nidle = 77\n");
    expect(kashim({"show", "-a", script.said("pid")}),
           script.fill(
               kHeader +
               "LISTEN  0  16  127.0.0.1:{four}  *  python3[{pid}] fd 3  off  7200s  75s  9  off  never  -"
               "  built-in defaults  no: keepalive=on idle=60s interval=30s count=5\n"
               "LISTEN  0  16  [::]:{six}  *  python3[{pid}] fd 4  off  7200s  75s  9  off  never  -"
               "  rule \"six\" at line 1  no: keepalive=on idle=77s interval=30s count=5\n"
               "ESTABLISHED  0  0  127.0.0.1:{a}  127.0.0.1:{four}  python3[{pid}] fd 5"
               "  on  1000s  10s  3  1234ms  1030s  {next}  built-in defaults"
               "  counts as the program's: idle, interval, count, user_timeout  user_timeout decides instead of count\n"
               "ESTABLISHED  0  0  127.0.0.1:{four}  127.0.0.1:{a}  python3[{pid}] fd 6"
               "  off  7200s  75s  9  off  never  -  built-in defaults"
               "  no: keepalive=on idle=60s interval=30s count=5\n"
               "ESTABLISHED  0  0  [::1]:{b}  [::1]:{six}  python3[{pid}] fd 7  off  7200s  75s  9  off  never"
               "  -  rule \"six\" at line 1  no: keepalive=on idle=77s interval=30s count=5\n"
               "ESTABLISHED  0  0  [::1]:{six}  [::1]:{b}  python3[{pid}] fd 8  off  7200s  75s  9  off  never"
               "  -  rule \"six\" at line 1  no: keepalive=on idle=77s interval=30s count=5\n"
               "ESTABLISHED  3  0  127.0.0.1:{c}  127.0.0.1:{six}  python3[{pid}] fd 9  off  7200s  75s  9  off"
               "  never  -  rule \"six\" at line 1  no: keepalive=on idle=77s interval=30s count=5\n"
               "ESTABLISHED  0  0  127.0.0.1:{six}  127.0.0.1:{c}  python3[{pid}] fd 10  off  7200s  75s  9  off"
               "  never  -  rule \"six\" at line 1  no: keepalive=on idle=77s interval=30s count=5\n"));
    EXPECT_EQ(values_of(script.pid(), 5),
              (Values{.keepalive = 1, .idle = 1000, .interval = 10, .count = 3, .user_timeout = 1234}));
    EXPECT_EQ(values_of(script.pid(), 6), Values{});
}

TEST(Show, AConnectionThatThePeerHasClosedAndTheProgramHasNotIsMarked)
{
    const Script script(R"(
server = listener()
client, accepted = connection(server)
client.close()
say(server=port(server), client=accepted.getpeername()[1])
)");
    const Kashim kashim;
    expect(
        kashim({"show", "--state", "close-wait", script.said("pid")}),
        script.fill(kHeader +
                    "CLOSE-WAIT  1  0  127.0.0.1:{server}  127.0.0.1:{client}  python3[{pid}] fd 5  off  7200s"
                    "  75s  9  off  never  -  built-in defaults"
                    "  no: keepalive=on idle=60s interval=30s count=5"
                    "  the peer has closed, the program has not\n"),
        "kashim show: 1 socket in CLOSE-WAIT: the peer has closed, the program has not. No keepalive cures that leak, "
        "though probes go on: the descriptor stays until the program closes it\n");
}

TEST(Show, AMultipathConnectionIsOneLine)
{
    if (const int fd = ::socket(AF_INET, SOCK_STREAM, 262); fd < 0)
        GTEST_SKIP() << "skipped, because this kernel has no Multipath TCP";
    else
        ::close(fd);
    const Script script(R"(
server = listener(protocol=262)
client, accepted = connection(server, protocol=262)
say(server=port(server), client=port(client))
)");
    const Kashim kashim;
    // The kernel sets a user timeout there but does not tell it (mptcp_getsockopt_sol_tcp in net/mptcp/sockopt.c).
    ASSERT_EQ(values_of(script.pid(), 4).user_timeout, -1);
    const std::string rest = "  off  7200s  75s  9  -  never  -  built-in defaults"
                             "  no: keepalive=on idle=60s interval=30s count=5  Multipath TCP\n";
    expect(kashim({"show", "-a", script.said("pid")}),
           script.fill(kHeader + "LISTEN  0  16  127.0.0.1:{server}  *  python3[{pid}] fd 3" + rest +
                       "ESTABLISHED  0  0  127.0.0.1:{client}  127.0.0.1:{server}  python3[{pid}] fd 4" + rest +
                       "ESTABLISHED  0  0  127.0.0.1:{server}  127.0.0.1:{client}  python3[{pid}] fd 5" + rest));
}

TEST(Show, WhatNoProgramHoldsIsNamed)
{
    const Script script(R"(
server = listener()
gone, accepted = connection(server)
gone.close()
waiting = socket.create_connection(server.getsockname())
say(server=port(server), client=accepted.getpeername()[1], waiting=port(waiting))
)");
    const Kashim kashim;
    // The last acknowledgement may be delayed: until then it is FIN-WAIT-1.
    Result result;
    EXPECT_TRUE(eventually([&] {
        result =
            kashim({"show", "-H", "--port", script.said("server"), "--state", "established", "--state", "fin-wait-2"});
        return result.out.find("closed") != std::string::npos;
    }));
    const std::string rest = "  -  -  -  -  -  -  -  -  -\n";
    EXPECT_EQ(sorted_lines(squeezed(result.out)),
              sorted_lines(script.fill(
                  "ESTABLISHED  0  0  127.0.0.1:{waiting}  127.0.0.1:{server}  python3[{pid}] fd 4  off  7200s  75s"
                  "  9  off  never  -  built-in defaults  no: keepalive=on idle=60s interval=30s count=5\n"
                  "ESTABLISHED  0  0  127.0.0.1:{server}  127.0.0.1:{waiting}  not accepted yet" +
                  rest + "FIN-WAIT-2  0  0  127.0.0.1:{client}  127.0.0.1:{server}  closed by its program" + rest)));
}

TEST(Show, ASocketThatSeveralProcessesHoldNamesThemAll)
{
    const Script script(R"(
server = listener()
children = []
for i in range(5):
    child = os.fork()
    if child == 0: signal.pause()
    children.append(child)
say(server=port(server), one=children[0], two=children[1], three=children[2])
)");
    const Kashim kashim;
    // The same from the parent's side and from a child's: the one that started first decides.
    for (const std::string& pid : {script.said("pid"), script.said("two")})
        expect(
            kashim({"show", "-l", pid}),
            script.fill(without_note(kHeader) +
                        "LISTEN  0  16  127.0.0.1:{server}  *  python3[{pid}] fd 3, python3[{one}] fd 3, python3[{two}]"
                        " fd 3, python3[{three}] fd 3 and 2 more  off  7200s  75s  9  off  never  -"
                        "  built-in defaults  no: keepalive=on idle=60s interval=30s count=5\n"));
}

TEST(Show, TheSocketsOfAnotherNetworkNamespaceAreShownWithItsNumber)
{
    const Script script(R"(
server = listener()
client, accepted = connection(server)
say(server=port(server), client=port(client), net=os.readlink('/proc/self/ns/net'))
)",
                        {.arguments = {"unshare", "--net", "--map-root-user", "--keep-caps", "sh", "-c",
                                       "ip link set lo up && exec \"$@\"", "sh"}});
    const Kashim kashim;
    const std::string rest = "  off  7200s  75s  9  off  never  -  built-in defaults"
                             "  no: keepalive=on idle=60s interval=30s count=5\n";
    std::string header = without_note(kHeader);
    header.insert(header.find("  PROCESS"), "  NETNS");
    expect(kashim({"show", script.said("pid")}),
           script.fill(header +
                       "ESTABLISHED  0  0  127.0.0.1:{client}  127.0.0.1:{server}  {net}  python3[{pid}] fd 4" + rest +
                       "ESTABLISHED  0  0  127.0.0.1:{server}  127.0.0.1:{client}  {net}  python3[{pid}] fd 5" + rest));
}

TEST(Show, UnansweredProbesAreCountedAndDataInFlightHasNone)
{
    const Script script(R"(
import subprocess
server = listener()
client, accepted = connection(server)
client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
accepted.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
for name, value in ((4, 1), (5, 300), (6, 7)): client.setsockopt(socket.IPPROTO_TCP, name, value)
subprocess.check_call(['ip', 'link', 'set', 'lo', 'down'])
accepted.send(b'lost')
)",
                        {.arguments = {"unshare", "--net", "--map-root-user", "--keep-caps", "sh", "-c",
                                       "ip link set lo up && exec \"$@\"", "sh"}});
    const Kashim kashim;
    Result result;
    const std::regex probed("  [0-9]+(\\.[0-9])?s, 1 of 7 unanswered  built-in defaults  ");
    const std::regex in_flight("  none: data in flight, retransmitted (once|[0-9]+ times)  built-in defaults  ");
    EXPECT_TRUE(eventually([&] {
        result = kashim({"show", script.said("pid")});
        const std::string out = squeezed(result.out);
        return std::regex_search(out, probed) && std::regex_search(out, in_flight);
    })) << result;
}

TEST(Show, ListenersThatAreNotShownAreMentionedWhereNothingElseIs)
{
    const Script script("server = listener()");
    const Kashim kashim;
    expect(kashim({"show", script.said("pid")}), without_note(kHeader),
           "kashim show: 1 listener not shown; -l shows listening sockets, -a all\n");
    expect(kashim({"show", "-H", "--state", "syn-sent", script.said("pid")}), "",
           "kashim show: 1 listener not shown; -l shows listening sockets, -a all\n");
}

TEST(Show, TheRuleIsTheOneThatApplyWouldGoBy)
{
    const Script script(R"(
server = listener()
client, accepted = connection(server)
accepted.setsockopt(socket.IPPROTO_TCP, 4, 33)
say(server=port(server), client=port(client))
)");
    const Kashim kashim("[[rule]]\nname = \"out\"\ndirection = \"outbound\"\nkeepalive = \"leave\"\n\n"
                        "[[rule]]\nport = " +
                        script.said("server") + "\nidle = 7200\ninterval = 75\ncount = 9\nkeepalive = false\n");
    expect(kashim({"show", "-H", "-a", script.said("pid")}),
           script.fill(
               "LISTEN  0  16  127.0.0.1:{server}  *  python3[{pid}] fd 3  off  7200s  75s  9  off  never  -"
               "  rule at line 6  yes\n"
               "ESTABLISHED  0  0  127.0.0.1:{client}  127.0.0.1:{server}  python3[{pid}] fd 4  off  7200s  75s  9  off"
               "  never  -  rule \"out\" at line 1  left by rule\n"
               "ESTABLISHED  0  0  127.0.0.1:{server}  127.0.0.1:{client}  python3[{pid}] fd 5  off  33s  75s  9  off"
               "  never  -  rule at line 6  counts as the program's: idle\n"));
    expect(kashim({"show", "-H", "-l", script.said("pid"), "--set", "interval=11"},
                  {.arguments = {}, .environment = {"KASHIM_OPTIONS=count=3"}}),
           script.fill("LISTEN  0  16  127.0.0.1:{server}  *  python3[{pid}] fd 3  off  7200s  75s  9  off  never  -"
                       "  rule at line 6 with KASHIM_OPTIONS and --set  no: interval=11s count=3\n"));
}

TEST(Show, WhatTheLibraryHasSetAgrees)
{
    const Kashim kashim("[defaults]\nidle = 1000\ninterval = 7\ncount = 3\nuser_timeout = \"auto\"\n");
    const Script script(
        R"(
server = listener()
client, accepted = connection(server)
client.setsockopt(socket.IPPROTO_TCP, 6, 5)
say(server=port(server), client=port(client))
)",
        {.arguments = {}, .environment = {"LD_PRELOAD=" KASHIM_LIBRARY, "KASHIM_CONFIG=" + kashim.configuration()}});
    expect(
        kashim({"show", "-H", "-a", script.said("pid")}),
        script.fill("LISTEN  0  16  127.0.0.1:{server}  *  python3[{pid}] fd 3  on  1000s  7s  3  1021000ms  1021s  -"
                    "  [defaults] at line 1  yes\n"
                    "ESTABLISHED  0  0  127.0.0.1:{client}  127.0.0.1:{server}  python3[{pid}] fd 4  on  1000s  7s  5"
                    "  1035000ms  1035s  {next}  [defaults] at line 1  counts as the program's: count\n"
                    "ESTABLISHED  0  0  127.0.0.1:{server}  127.0.0.1:{client}  python3[{pid}] fd 5  on  1000s  7s  3"
                    "  1021000ms  1021s  {next}  [defaults] at line 1  yes\n"));
}

TEST(Show, TenThousandSocketsAreTenThousandLines)
{
    const Script script(R"(
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (10100, max(10100, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
server = listener()
kept = [connection(server) for i in range(5000)]
)");
    const Kashim kashim;
    const Result result = kashim({"show", "-H", script.said("pid")});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 10000);
    EXPECT_EQ(result.err, "");
}

}  // namespace
}  // namespace kashim::test
