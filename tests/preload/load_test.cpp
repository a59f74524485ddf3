// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "preload.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace kashim::test {
namespace {

const std::string kNamed = ": error: KASHIM_CONFIG names this file, but it ";

/// What happens once, in the constructor: the configuration, and the sockets that are there already.
class Load : public Preload {
protected:
    static constexpr Values kRule{.keepalive = 1, .idle = 11, .interval = 3, .count = 2, .user_timeout = 0};

    static std::string inbound_rule(int port)
    {
        return rule("direction = \"inbound\"\n" + to("port =", port), "idle = 11\ninterval = 3\ncount = 2");
    }

    /// Starts "steps" the way systemd starts a service: sockets from 3 on, LISTEN_PID its own process id (or another).
    Command activated(std::string_view configuration, std::vector<Inherited> sockets,
                      const std::vector<std::string>& arguments, const std::string& listen_pid = "$$")
    {
        Command command =
            with_library(configuration, {"/bin/sh", "-c",
                                         "export LD_PRELOAD=\"$0\" LISTEN_PID=" + listen_pid +
                                             " LISTEN_FDS=" + std::to_string(sockets.size()) + "; exec \"$@\"",
                                         library(), program("steps")});
        std::erase_if(command.environment, [](const std::string& name) { return name.starts_with("LD_PRELOAD="); });
        command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
        command.descriptors = std::move(sockets);
        return command;
    }

    /// The program must not notice anything; what is said beside it is returned, without "kashim[PID]: " and without
    /// the line that must end it.
    std::string only_message(const std::vector<std::string>& environment, std::optional<uid_t> uid = {})
    {
        Command command{.arguments = {program("steps"), "tcp a", "show a", to("connect a", peer_.port()), "show a"}};
        const Result bare = run(command);
        command.environment = {"LD_PRELOAD=" + library()};
        command.environment.insert(command.environment.end(), environment.begin(), environment.end());
        command.uid = uid;
        Process process(command);
        const Result result = process.wait();
        EXPECT_TRUE(result.ok()) << result;
        EXPECT_EQ(result.out, bare.out);  // the values too
        const std::string start = "kashim[" + std::to_string(process.pid()) + "]: ";
        const std::string end = "\n" + start + "nothing is in force: this program runs without kashim";
        const std::size_t message_end = result.err.find(end);
        if (!result.err.starts_with(start) || message_end == std::string::npos) {
            ADD_FAILURE() << result;
            return {};
        }
        EXPECT_EQ(result.err.find('\n', message_end + 1), result.err.size() - 1) << result;  // there is no third line
        return result.err.substr(start.size(), message_end - start.size());
    }

    const Peer peer_;
};

// Inherited sockets

TEST_F(Load, AListenerFromSystemdGetsItsRule)
{
    const Result result = run(activated(inbound_rule(peer_.port()), {{peer_.fd(), 3}},
                                        {"show 3", "tcp c", "connect c @3", "accept a 3", "show a"}));
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(values(result, "3"), kRule);
    EXPECT_EQ(values(result, "a"), kRule);
}

TEST_F(Load, AConnectionFromSystemdGetsItsRule)
{
    const Connection connection;
    const Result result = run(
        activated(inbound_rule(connection.port()), {{peer_.fd(), 3}, {connection.near(), 4}}, {"show 3", "show 4"}));
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(values(result, "3"), kBuiltIn);
    EXPECT_EQ(values(result, "4"), kRule);
}

TEST_F(Load, SocketsThatWereMeantForAnotherProcessAreLeftAlone)
{
    const Result result =
        run(activated(inbound_rule(peer_.port()), {{peer_.fd(), 3}}, {"show 3"}, std::to_string(::getpid())));
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(values(result, "3"), untouched());
}

TEST_F(Load, AListenersOwnTimesFromSystemdAreKept)
{
    const int idle = 99;
    ASSERT_EQ(::setsockopt(peer_.fd(), IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle), 0);  // KeepAliveTimeSec=
    const Result result = run(activated(inbound_rule(peer_.port()), {{peer_.fd(), 3}}, {"show 3"}));
    ASSERT_TRUE(result.ok()) << result;
    Values expected = kRule;
    expected.idle = 99;
    EXPECT_EQ(values(result, "3"), expected);
}

TEST_F(Load, WrongListenVariablesAreHarmless)
{
    for (const char* fds : {"0", "-1", "99999999999999999999", "2000000000", "three", ""}) {
        SCOPED_TRACE(fds);
        Command command = activated("", {}, {"tcp a", "show a"});
        command.arguments[2] =
            "export LD_PRELOAD=\"$0\" LISTEN_PID=$$ LISTEN_FDS=" + std::string(fds) + "; exec \"$@\"";
        const Result result = run(command);
        EXPECT_TRUE(result.ok()) << result;
        EXPECT_EQ(values(result, "a"), kBuiltIn);
    }
}

TEST_F(Load, ADescriptorZeroThatInetdLeftAtDefaultsGetsItsRule)
{
    const Connection connection;
    Command command = with_library(inbound_rule(connection.port()), {program("steps"), "show 0"});
    command.descriptors = {{connection.near(), 0}};
    EXPECT_EQ(values(run(command), "0"), kRule);
}

TEST_F(Load, ADescriptorZeroWithTimesOfItsOwnIsLeftAlone)
{
    const Connection connection;
    const int idle = 99;
    ASSERT_EQ(::setsockopt(connection.near(), IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle), 0);
    Values expected = untouched();
    expected.idle = 99;
    Command command = with_library(inbound_rule(connection.port()), {program("steps"), "show 0"});
    command.descriptors = {{connection.near(), 0}};
    EXPECT_EQ(values(run(command), "0"), expected);
}

TEST_F(Load, ADescriptorZeroThatProbesAlreadyIsLeftAlone)
{
    const Connection connection;
    const int on = 1;
    ASSERT_EQ(::setsockopt(connection.near(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on), 0);
    Values expected = untouched();
    expected.keepalive = 1;
    Command command = with_library(inbound_rule(connection.port()), {program("steps"), "show 0"});
    command.descriptors = {{connection.near(), 0}};
    EXPECT_EQ(values(run(command), "0"), expected);
}

// Switching off

TEST_F(Load, DisableMakesTheLibraryDoNothing)
{
    const Result result = steps("[defaults]\nidle = 9\n", {"tcp a", "show a", to("connect a", peer_.port()), "show a"},
                                {"KASHIM_DISABLE=1", "KASHIM_LOG=debug"});
    EXPECT_EQ(all_values(result, "a"), (std::vector<Values>{untouched(), untouched()}));
}

TEST_F(Load, DisableAlsoMeansABrokenConfigurationIsNotLookedAt)
{
    steps("broken", {"tcp a"}, {"KASHIM_DISABLE=1"});
}

// Configurations that cannot be used

TEST_F(Load, AMissingConfigurationIsOneMessageAndNothingMore)
{
    const std::string path = folder() / "absent.toml";
    EXPECT_EQ(only_message({"KASHIM_CONFIG=" + path}),
              path + kNamed + "does not exist; create it, or unset KASHIM_CONFIG");
}

TEST_F(Load, AConfigurationInAFolderThatIsAFileIsMissing)
{
    const std::string path = write_file(folder() / "file", "") + "/kashim.toml";
    EXPECT_EQ(only_message({"KASHIM_CONFIG=" + path}),
              path + kNamed + "does not exist; create it, or unset KASHIM_CONFIG");
}

TEST_F(Load, AnUnreadableConfigurationIsOneMessageAndNothingMore)
{
    if (::getuid() != 0)
        GTEST_SKIP() << "becoming another user needs privilege";
    const std::string path = configuration_file("[defaults]\n");
    ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
    EXPECT_EQ(only_message({"KASHIM_CONFIG=" + path}, 65534),
              path + kNamed + "may not be read by this user; change its permissions");
}

TEST_F(Load, AFolderAsConfigurationIsOneMessageAndNothingMore)
{
    EXPECT_EQ(only_message({"KASHIM_CONFIG=" + folder().path().string()}),
              folder().path().string() + kNamed + "is not a regular file; a configuration must be one");
}

TEST_F(Load, AFifoAsConfigurationIsAMessageAndNotAHang)
{
    const std::string path = folder() / "fifo";
    ASSERT_EQ(::mkfifo(path.c_str(), 0644), 0);
    EXPECT_EQ(only_message({"KASHIM_CONFIG=" + path}),
              path + kNamed + "is not a regular file; a configuration must be one");
}

TEST_F(Load, ADeviceAsConfigurationIsAMessageAndNotAHang)
{
    EXPECT_EQ(only_message({"KASHIM_CONFIG=/dev/zero"}),
              "/dev/zero" + kNamed + "is not a regular file; a configuration must be one");
}

TEST_F(Load, AConfigurationAboveTwoMegabytesIsOneMessageAndNothingMore)
{
    const std::string path = configuration_file(std::string(2 * 1024 * 1024 + 1, '#'));
    EXPECT_EQ(only_message({"KASHIM_CONFIG=" + path}),
              path + kNamed + "is larger than 2 MiB, the most a configuration may have");
}

TEST_F(Load, AConfigurationOfTwoMegabytesIsRead)
{
    std::string text = "[defaults]\nidle = 9\n";
    while (text.size() < 2 * 1024 * 1024)
        text += '#';
    EXPECT_EQ(values(steps(text, {"tcp a", "show a"}), "a").idle, 9);
}

TEST_F(Load, AnEmptyConfigurationIsTheBuiltInOne)
{
    EXPECT_EQ(values(steps("", {"tcp a", "show a"}), "a"), kBuiltIn);
}

TEST_F(Load, ARelativePathIsLookedForWhereTheProgramStarts)
{
    EXPECT_EQ(only_message({"KASHIM_CONFIG=no-such.toml"}),
              "no-such.toml: error: KASHIM_CONFIG names this file, but it does not exist; create it, or unset "
              "KASHIM_CONFIG");
}

TEST_F(Load, AMisspeltKeyIsOneMessageWithItsPlaceAndTheLikelyKey)
{
    const std::string path = configuration_file("[defaults]\nidel = 5\n");
    EXPECT_EQ(only_message({"KASHIM_CONFIG=" + path}),
              path + ":2:1: error: unknown key \"idel\" in [defaults]; did you mean \"idle\"?");
}

TEST_F(Load, BytesThatAreNoTextAreOneMessageAndNothingMore)
{
    std::string bytes;
    for (int i = 0; i < 4096; ++i)
        bytes += static_cast<char>(i * 7 + i / 256);
    const std::string path = configuration_file(bytes);
    EXPECT_TRUE(only_message({"KASHIM_CONFIG=" + path}).starts_with(path + ":1:"));
}

TEST_F(Load, DeeplyNestedConfigurationsAreOneMessageAndNothingMore)
{
    for (const std::string& text :
         {"a = " + std::string(100000, '['), "a = " + std::string(100000, '{'), std::string(100000, '['), [] {
              std::string dotted = "a";
              for (int i = 0; i < 100000; ++i)
                  dotted += ".a";
              return dotted + " = 1";
          }()}) {
        const std::string path = configuration_file(text);
        EXPECT_TRUE(only_message({"KASHIM_CONFIG=" + path}).starts_with(path + ":1:"));
    }
}

TEST_F(Load, AConfigurationOfTenThousandRulesIsRead)
{
    std::string text;
    for (int i = 0; i < 10000; ++i)
        text += rule("peer = \"10." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".0/24\"", "idle = 5");
    text += rule_for_port(peer_.port(), "idle = 9");
    EXPECT_EQ(values(steps(text, {"tcp a", to("connect a", peer_.port()), "show a"}), "a").idle, 9);
}

TEST_F(Load, AProgramThatMayMapLittleMemoryRunsEvenIfItsConfigurationCannotBeRead)
{
    Command command = with_library(std::string(2 * 1024 * 1024, '\n'), {program("steps"), "tcp a"});
    command.before_exec = [] {
        const rlimit little{64 << 20, 64 << 20};
        ::setrlimit(RLIMIT_AS, &little);
    };
    const Result result = run(command);
    EXPECT_TRUE(result.ok()) << result;
    EXPECT_EQ(result.out, run({.arguments = command.arguments}).out);
}

TEST_F(Load, WrongOptionsInTheEnvironmentAreOneMessageAndNothingMore)
{
    const std::string path = configuration_file("");
    EXPECT_EQ(only_message({"KASHIM_CONFIG=" + path, "KASHIM_OPTIONS=idel=5"}),
              "KASHIM_OPTIONS:1:1: error: unknown key \"idel\" in these options; did you mean \"idle\"?");
}

// The system's own times

TEST_F(Load, ASystemWithUnusuallyLongTimesOfItsOwnGetsTheRulesAllTheSame)
{
    // A rule to leave somebody keeps every base away, so the system's 65596 s (60 + 2^16) are seen before connect.
    const std::string configuration = rule("direction = \"inbound\"\nport = 1", "keepalive = \"leave\"") +
                                      rule("direction = \"outbound\"", "idle = 60\ninterval = 3\ncount = 2");
    Command command = with_library(
        configuration, {"unshare", "--net", "sh", "-c",
                        "ip link set lo up && echo 65596 >/proc/sys/net/ipv4/tcp_keepalive_time || exit 77\n"
                        "exec \"$0\" \"$@\"",
                        program("steps"), "tcp l", "bind l 0", "listen l", "tcp a", "show a", "connect a @l", "show a",
                        "unseen b", "connect b @l", "show b"});
    if (::getuid() != 0)
        command.arguments.insert(command.arguments.begin() + 1, "--map-root-user");
    const Result result = run(command);
    if (!result.ok() && result.out.empty())
        GTEST_SKIP() << "no network namespace, or no ip(8): " << result.err;
    ASSERT_TRUE(result.ok()) << result;
    const std::vector<Values> seen = all_values(result, "a");
    ASSERT_EQ(seen.size(), 2u);
    ASSERT_EQ(seen[0].idle, 65596);
    EXPECT_EQ(seen[1], (Values{.keepalive = 1, .idle = 60, .interval = 3, .count = 2, .user_timeout = 0}));
    EXPECT_EQ(values(result, "b"), seen[1]);
}

// Secure execution

TEST_F(Load, ASetuidProgramTakesNothingFromTheEnvironment)
{
    if (::getuid() != 0)
        GTEST_SKIP() << "needs root: a setuid program and a library in the loader's own folder";
    const std::string configuration = configuration_file("[defaults]\nidle = 11\n");
    const std::string place = folder() / "place";
    ASSERT_EQ(::mkdir(place.c_str(), 0755), 0);
    const Result result = run({.arguments = {"unshare", "-m", KASHIM_SOURCE_DIR "/tests/preload/setuid.sh", place,
                                             library(), program("steps"), configuration}});
    if (result.exit_code == 77)
        GTEST_SKIP() << "no overlay file system here: " << result.err;
    ASSERT_TRUE(result.ok()) << result;
    EXPECT_EQ(values(result, "plain").idle, 11) << "the library was not found by its name";
    EXPECT_EQ(values(result, "plain").interval, 7);
    EXPECT_EQ(values(result, "setuid"), kBuiltIn);
    // The administrator's way: a whole path in /etc/ld.so.preload.
    EXPECT_EQ(values(result, "plain-by-etc").idle, 11);
    EXPECT_EQ(values(result, "plain-by-etc").interval, 7);
    EXPECT_EQ(values(result, "setuid-by-etc"), kBuiltIn);
}

}  // namespace
}  // namespace kashim::test
