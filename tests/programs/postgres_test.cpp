// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// A whole PostgreSQL: a cluster of its own, psql in a session. The postmaster listens, a process forked for each
// session holds the connection and sets tcp_keepalives_* and tcp_user_timeout on it.
#include "programs/debian.h"
#include "programs/loopback.h"
#include "programs/pipe.h"
#include "programs/policy.h"

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

namespace kashim::test {
namespace {

using Settings = std::vector<std::string>;

class PostgresTest : public testing::Test {
protected:
    void SetUp() override
    {
        KASHIM_NEEDS("initdb");
        KASHIM_NEEDS("psql");
        // The server refuses to run as root.
        if (::getuid() == 0) {
            const passwd* postgres = ::getpwnam("postgres");
            if (postgres == nullptr)
                GTEST_SKIP() << "skipped, because there is no user postgres";
            user_ = postgres->pw_uid;
        }
        std::filesystem::create_directory(data_);
        ASSERT_EQ(::chown(data_.c_str(), user_.value_or(::getuid()), static_cast<gid_t>(-1)), 0);
        const Result made = run({.arguments = {debian_path("initdb"), "-D", data_, "-A", "trust", "-U", "tester",
                                               "--no-sync", "--no-instructions"},
                                 .environment = bare_environment(directory_),
                                 .uid = user_});
        ASSERT_TRUE(made.ok()) << made;
    }

    void TearDown() override { stop_server(); }

    Environment environment(const std::optional<std::string>& policy)
    {
        return policy ? preloaded_environment(directory_, *policy) : bare_environment(directory_);
    }

    void start_server(const std::optional<std::string>& policy, const Settings& settings = {})
    {
        std::vector<std::string> arguments{debian_path("postgres"), "-D", data_, "-p", std::to_string(port_), "-F"};
        for (const char* setting : {"listen_addresses=127.0.0.1", "unix_socket_directories="})
            arguments.insert(arguments.end(), {"-c", setting});
        for (const std::string& setting : settings)
            arguments.insert(arguments.end(), {"-c", setting});
        server_.emplace(Command{.arguments = arguments, .environment = environment(policy), .uid = user_});
        ASSERT_TRUE(eventually([this] {
            return server_->err().find("ready to accept connections") != std::string::npos || !server_->running();
        }));
        ASSERT_TRUE(server_->running()) << server_->err();
    }

    /// In its own words: killed, it would leave a shared memory segment behind.
    void stop_server()
    {
        if (!server_)
            return;
        server_->kill(SIGINT);
        const Result stopped = server_->wait();
        EXPECT_TRUE(stopped.ok()) << stopped;
        server_.reset();
    }

    std::vector<std::string> psql(std::vector<std::string> more = {}) const
    {
        std::vector<std::string> arguments{debian_path("psql"),   "-X", "-A",     "-t", "-h",      "127.0.0.1", "-p",
                                           std::to_string(port_), "-U", "tester", "-d", "postgres"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }

    /// Opens a session, runs the statement in it and looks at the server's side while the client waits for more.
    Values server_side(const std::string& statement = "select 'in session';\n")
    {
        Pipe keyboard;
        Process client({.arguments = psql(),
                        .environment = bare_environment(directory_),
                        .descriptors = {{keyboard.read_end(), 0}}});
        keyboard.type(statement + "select 'done';\n");
        EXPECT_TRUE(client.says("done")) << client.err();
        const std::uint16_t from = socket_connected_to(client.pid(), port_).value().local_port;
        return accepted_socket(server_->pid(), port_, from).value().values;
    }

    Values client_side(const std::optional<std::string>& policy)
    {
        Pipe keyboard;
        Process client(
            {.arguments = psql(), .environment = environment(policy), .descriptors = {{keyboard.read_end(), 0}}});
        keyboard.type("select 'done';\n");
        EXPECT_TRUE(client.says("done")) << client.err();
        return socket_connected_to(client.pid(), port_).value().values;
    }

    const TempDir directory_;
    const std::filesystem::path data_ = directory_ / "data";
    const std::uint16_t port_ = free_port();
    std::optional<uid_t> user_;
    std::optional<Process> server_;
};

/// 10 + 2 x 30 = 70 s; capped at our 48: (48 - 10) / 2 = 19 probes.
const Settings kOwnTimes{"tcp_keepalives_idle=10", "tcp_keepalives_interval=2", "tcp_keepalives_count=30"};

TEST_F(PostgresTest, SwitchesProbingOnAndLeavesTheTimesToTheSystem)
{
    start_server(std::nullopt);
    EXPECT_EQ(server_side(), (Values{.keepalive = 1}));
    EXPECT_EQ(client_side(std::nullopt), (Values{.keepalive = 1}));
}

TEST_F(PostgresTest, GetsOurTimesOnBothSides)
{
    start_server(rule_for(inbound_on_port(port_)));
    EXPECT_EQ(server_side(), kRuled);
    EXPECT_EQ(client_side(rule_for(outbound_to_port(port_))), kRuled);
}

TEST_F(PostgresTest, GetsOurTimesByTheNameOfTheServer)
{
    start_server(rule_for("program = \"postgres\"\n"));
    EXPECT_EQ(server_side(), kRuled);
}

TEST_F(PostgresTest, KeepsTheTimesOfItsOwnConfiguration)
{
    start_server(rule_for(inbound_on_port(port_)), kOwnTimes);
    EXPECT_EQ(server_side(), (Values{.keepalive = 1, .idle = 10, .interval = 2, .count = 30, .user_timeout = 70'000}));
}

TEST_F(PostgresTest, HasTheTimesOfItsOwnConfigurationCapped)
{
    start_server(rule_for(inbound_on_port(port_), "cap"), kOwnTimes);
    EXPECT_EQ(server_side(), (Values{.keepalive = 1, .idle = 10, .interval = 2, .count = 19, .user_timeout = 48'000}));
}

TEST_F(PostgresTest, HasTheTimesOfItsOwnConfigurationOverridden)
{
    start_server(rule_for(inbound_on_port(port_), "override"), kOwnTimes);
    EXPECT_EQ(server_side(), kRuled);
}

TEST_F(PostgresTest, KeepsItsOwnUserTimeoutBesideOurTimes)
{
    start_server(rule_for(inbound_on_port(port_)), {"tcp_user_timeout=5000"});
    EXPECT_EQ(server_side(), (Values{.keepalive = 1, .idle = 20, .interval = 7, .count = 4, .user_timeout = 5'000}));
}

/// 33 + 7 x 4 = 61 s: "auto" follows what the session asks for.
TEST_F(PostgresTest, FollowsASettingMadeInTheMiddleOfASession)
{
    start_server(rule_for(inbound_on_port(port_)));
    EXPECT_EQ(server_side("set tcp_keepalives_idle = 33;\n"),
              (Values{.keepalive = 1, .idle = 33, .interval = 7, .count = 4, .user_timeout = 61'000}));
}

TEST_F(PostgresTest, IsHeldToOurTimesInTheMiddleOfASession)
{
    start_server(rule_for(inbound_on_port(port_), "override"));
    EXPECT_EQ(server_side("set tcp_keepalives_idle = 33;\nset tcp_user_timeout = 5000;\n"), kRuled);
}

/// A result, an error and its exit status: nobody can tell which of the two was preloaded.
TEST_F(PostgresTest, AnswersTheSameWithAndWithoutUs)
{
    const std::vector<std::string> statements{
        "-v", "ON_ERROR_STOP=1", "-c", "select sum(n) from generate_series(1, 10) n",
        "-c", "select 1 / 0",    "-c", "select 'never reached'"};
    std::vector<Result> results;
    for (const bool preloaded : {false, true}) {
        const auto policy = preloaded ? std::optional(rule_for(port_is(port_), "override")) : std::nullopt;
        start_server(policy);
        results.push_back(run({.arguments = psql(statements), .environment = environment(policy)}));
        stop_server();
    }
    EXPECT_EQ(results[0].exit_code, 1);
    EXPECT_EQ(results[0].out, "55\n");
    EXPECT_EQ(results[0].err, "ERROR:  division by zero\n");
    EXPECT_EQ(results[1].exit_code, results[0].exit_code);
    EXPECT_EQ(results[1].out, results[0].out);
    EXPECT_EQ(results[1].err, results[0].err);
}

}  // namespace
}  // namespace kashim::test
