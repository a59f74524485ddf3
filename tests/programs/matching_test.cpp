// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Which rule a real program gets: by its names, its paths, its script, its command line; and by where it connects.
#include "programs/debian.h"
#include "programs/loopback.h"
#include "programs/policy.h"

#include <sys/stat.h>

namespace kashim::test {
namespace {

constexpr const char* kScript = R"(
import socket, sys
connection = socket.create_connection(('127.0.0.1', int(sys.argv[-1])))
connection.sendall(b'hello')
connection.recv(1)
)";

class MatchingTest : public testing::Test {
protected:
    void SetUp() override
    {
        KASHIM_NEEDS("nc");
        KASHIM_NEEDS("python3");
    }

    /// Of the program's connection to the listener: its last argument is the port.
    Values values_with(std::vector<std::string> arguments, const std::string& policy)
    {
        arguments.push_back(std::to_string(listener_.port()));
        Process process(
            {.arguments = arguments, .environment = preloaded_environment(directory_, policy), .input = "hello\n"});
        Connection connection = listener_.accept();
        EXPECT_TRUE(connection.receive_anything());
        return socket_connected_to(process.pid(), listener_.port()).value().values;
    }

    Values values_of_nc(const std::string& policy) { return values_with({debian_path("nc"), "127.0.0.1"}, policy); }

    /// A script that is executed by its own name.
    std::string script(const std::string& first_line)
    {
        const std::string path = write_file(directory_ / "talker.py", first_line + kScript);
        ::chmod(path.c_str(), 0755);
        return path;
    }

    const TempDir directory_;
    Listener listener_{"127.0.0.1"};
};

TEST_F(MatchingTest, AProgramIsFoundByItsName)
{
    EXPECT_EQ(values_of_nc(rule_for("program = \"nc\"\n")), kRuled);
    EXPECT_EQ(values_of_nc(rule_for("program = [\"ncat\", \"n?\"]\n")), kRuled);
    EXPECT_EQ(values_of_nc(rule_for("program = \"ncat\"\n")), kDefaults);
}

/// /usr/bin/nc leads through /etc/alternatives to nc.openbsd.
TEST_F(MatchingTest, AProgramBehindALinkIsFoundByTheNameAndThePathOfEither)
{
    EXPECT_EQ(values_of_nc(rule_for("program = \"nc.openbsd\"\n")), kRuled);
    EXPECT_EQ(values_of_nc(rule_for("program = \"/usr/bin/nc\"\n")), kRuled);
    EXPECT_EQ(values_of_nc(rule_for("program = \"/*bin/nc.openbsd\"\n")), kRuled);
    EXPECT_EQ(values_of_nc(rule_for("program = \"/opt/nc\"\n")), kDefaults);
}

TEST_F(MatchingTest, AProgramIsFoundByItsCommandLine)
{
    EXPECT_EQ(values_of_nc(rule_for("command = \"*nc 127.0.0.1 " + std::to_string(listener_.port()) + "\"\n")), kRuled);
    EXPECT_EQ(values_of_nc(rule_for("command = \"*nc 127.0.0.?\"\n")), kDefaults);
}

TEST_F(MatchingTest, AScriptWithItsInterpreterInTheFirstLineIsFoundByNameAndPath)
{
    const std::vector<std::string> arguments{script("#!" + debian_path("python3"))};
    EXPECT_EQ(values_with(arguments, rule_for("program = \"talker.py\"\n")), kRuled);
    EXPECT_EQ(values_with(arguments, rule_for("program = \"" + arguments[0] + "\"\n")), kRuled);
    EXPECT_EQ(values_with(arguments, rule_for("program = \"python3.*\"\n")), kRuled);
    EXPECT_EQ(values_with(arguments, rule_for("program = \"listener.py\"\n")), kDefaults);
}

TEST_F(MatchingTest, AScriptThatEnvFindsAnInterpreterForIsFoundByName)
{
    const std::vector<std::string> arguments{script("#!/usr/bin/env python3")};
    EXPECT_EQ(values_with(arguments, rule_for("program = \"talker.py\"\n")), kRuled);
    EXPECT_EQ(values_with(arguments, rule_for("program = \"python3\"\n")), kRuled);
    EXPECT_EQ(values_with(arguments, rule_for("program = \"env\"\n")), kDefaults);
}

TEST_F(MatchingTest, AScriptGivenToItsInterpreterIsFoundByNameAndCommandLine)
{
    const std::vector<std::string> arguments{debian_path("python3"), "-B", "-W", "ignore", script(""), "--to"};
    EXPECT_EQ(values_with(arguments, rule_for("program = \"talker.py\"\n")), kRuled);
    EXPECT_EQ(values_with(arguments, rule_for("command = \"*talker.py --to *\"\n")), kRuled);
    EXPECT_EQ(values_with(arguments, rule_for("command = \"*talker.py --from *\"\n")), kDefaults);
}

TEST_F(MatchingTest, EveryMatcherOfARuleHasToHold)
{
    const std::string port = std::to_string(listener_.port());
    const std::string program = "program = \"nc\"\n";
    const std::string peer = "peer = \"127.0.0.0/8\"\n";
    EXPECT_EQ(values_of_nc(rule_for(program + peer + "command = \"*127*\"\n" + outbound_to_port(listener_.port()))),
              kRuled);
    EXPECT_EQ(values_of_nc(rule_for(program + peer + "port = [1, \"" + port + "-" + port + "\"]\n")), kRuled);
    EXPECT_EQ(values_of_nc(rule_for(program + peer + port_is(1))), kDefaults);
    EXPECT_EQ(values_of_nc(rule_for(program + peer + inbound_on_port(listener_.port()))), kDefaults);
    EXPECT_EQ(values_of_nc(rule_for(program + "peer = [\"127.0.0.2\", \"::1\"]\n")), kDefaults);
    EXPECT_EQ(values_of_nc(rule_for("program = \"curl\"\n" + peer)), kDefaults);
}

TEST_F(MatchingTest, TheFirstRuleThatMatchesDecides)
{
    const std::string second = rule_for("program = \"nc\"\n").substr(kDefaultsTable.size());
    EXPECT_EQ(values_of_nc(kDefaultsTable + "[[rule]]\n" + port_is(listener_.port()) + "idle = 33\n" + second),
              (Values{.keepalive = 1, .idle = 33, .interval = 45, .count = 6}));
    EXPECT_EQ(values_of_nc(kDefaultsTable + "[[rule]]\n" + port_is(1) + "idle = 33\n" + second), kRuled);
}

}  // namespace
}  // namespace kashim::test
