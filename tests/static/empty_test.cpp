// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The emptiest container there is: the command, its configuration, one static program. No loader, no shell, no C library,
// no /etc/passwd, no resolver's configuration.
#include "static/container.h"

#include "programs/guard.h"
#include "programs/loopback.h"

#include <regex>

namespace kashim::test {
namespace {

class EmptyContainer : public StaticTest {
protected:
    void fill(const Container& container) override { container.build_holds({"musl-gcc", "-static"}, "/holds"); }
};

TEST_F(EmptyContainer, CheckFindsTheConfiguration)
{
    const Result result = container().kashim({"check"});
    EXPECT_EQ(result.out, "/etc/kashim/kashim.toml: good, warnings: 0\n");
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
}

TEST_F(EmptyContainer, CompileWritesTheFormThatProgramsRead)
{
    const Result result = container().kashim({"compile"});
    EXPECT_TRUE(result.out.starts_with("/etc/kashim/kashim.toml.compiled: ")) << result;
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
}

TEST_F(EmptyContainer, ExplainTakesAnAddress)
{
    const Result result = container().kashim({"explain", "--outbound", "10.0.0.7:5432"});
    EXPECT_EQ(
        result.out.substr(0, result.out.find('\n')),
        "a program to 10.0.0.7:5432: no rule is for this program: dead after 10s of silence, by [defaults] at line 1");
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
}

TEST_F(EmptyContainer, ANameThatNobodyCanResolveIsSaid)
{
    const Result result = container().kashim({"explain", "--outbound", "db.invalid:5432"});
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "kashim explain: \"db.invalid\" has no address: no name server answers\n");
    EXPECT_EQ(result.exit_code, 2);
}

TEST_F(EmptyContainer, ANameIsResolvedByTheContainersHosts)
{
    container().write("/etc/hosts", "10.0.0.7 db.example\n");
    const Result result = container().kashim({"explain", "--outbound", "db.example:5432"});
    EXPECT_EQ(
        result.out.substr(0, result.out.find('\n')),
        "a program to db.example:5432 (10.0.0.7:5432): no rule is for this program: dead after 10s of silence, by "
        "[defaults] at line 1");
    EXPECT_EQ(result.exit_code, 0) << result;
}

TEST_F(EmptyContainer, DoctorSaysThatAStaticProgramIsGuarded)
{
    const Result result = container().kashim({"doctor", "/holds"});
    EXPECT_EQ(result.out,
              "/holds: no rule concerns it: every connection gets [defaults] at /etc/kashim/kashim.toml:1\n"
              "/holds: not reached by a preload\n"
              "  static: it is statically linked: it has no loader that could preload anything\n"
              "      -> \"kashim run\" guards it from outside; where it runs already: \"kashim guard PID\"\n");
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 1);
}

TEST_F(EmptyContainer, RunGuardsAStaticProgramAndNeedsNoLibrary)
{
    const Listener listener("127.0.0.1");
    const Process& first = connect({std::string(kCommandInside), "run", "/holds"}, listener.port());
    EXPECT_EQ(values_become(first.pid(), listener.port(), kOurs), kOurs);
    EXPECT_EQ(first.err(), "kashim run: /holds cannot be preloaded and is guarded instead: it is statically linked: it "
                           "has no loader that could preload anything\n");
}

TEST_F(EmptyContainer, ShowTellsTheSocketsOfItsProcesses)
{
    const Listener listener("127.0.0.1");
    connect({"/holds"}, listener.port());
    const Result result = run(container().beside({"show", "--no-header", "1"}));
    const std::string row = std::regex_replace(result.out, std::regex(" {2,}"), "  ");
    const std::string peer = "127.0.0.1:" + std::to_string(listener.port());
    EXPECT_TRUE(row.starts_with("ESTABLISHED  0  0  127.0.0.1:")) << row;
    EXPECT_TRUE(row.ends_with("  " + peer +
                              "  holds[1] fd 3  off  7200s  75s  9  off  never  -  [defaults] at line 1"
                              "  no: keepalive=on idle=4s interval=3s count=2\n"))
        << row;
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(result.exit_code, 0);
}

TEST_F(EmptyContainer, ApplySetsTheRulesOnAProgramThatRuns)
{
    const Listener listener("127.0.0.1");
    const Process& first = connect({"/holds"}, listener.port());
    EXPECT_EQ(connected_socket(first.pid(), listener.port()).value().values, Values{});
    const Result result = run(container().beside({"apply", "1"}));
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_EQ(connected_socket(first.pid(), listener.port()).value().values, kOurs);
}

TEST_F(EmptyContainer, GuardKeepsTheRulesOnAllThatRuns)
{
    const Listener listener("127.0.0.1");
    const Process& first = connect({"/holds"}, listener.port());
    Process guard(container().beside({"guard", "--all"}));
    EXPECT_EQ(values_become(first.pid(), listener.port(), kOurs), kOurs);
    guard.kill(SIGTERM);
    EXPECT_EQ(guard.wait().err, "kashim[2]: holds[1]: fd 3 to 127.0.0.1:" + std::to_string(listener.port()) +
                                    ", [defaults] at line 1: set keepalive=on idle=4s interval=3s count=2\n");
}

}  // namespace
}  // namespace kashim::test
