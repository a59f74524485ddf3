// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What a user sees of a program, and what its caller gets from it, is the same with and without us.
#include "programs/debian.h"
#include "programs/loopback.h"
#include "programs/policy.h"

#include <signal.h>

#include <optional>

namespace kashim::test {
namespace {

/// Every connection gets something, and whatever the program asks for is answered with our value.
const std::string kOverrideAll = rule_for("direction = \"outbound\"\n", "override");

class OutputTest : public testing::Test {
protected:
    /// A directory of files behind Debian's Python, which is preloaded itself.
    void serve()
    {
        write_file(directory_ / "page", "a page of text\n");
        server_.emplace(Command{
            .arguments = {debian_path("python3"), "-m", "http.server", "--bind", "127.0.0.1", std::to_string(port_)},
            .environment = preloaded_environment(directory_, kOverrideAll),
            .directory = directory_.path()});
        connect_to("127.0.0.1", port_);  // it listens
    }

    std::string url(const std::string& path) const
    {
        return "http://" + host_and_port("127.0.0.1", port_) + "/" + path;
    }

    /// Runs it both ways; the bare result is what the caller should compare with what it knows.
    Result expect_same(const std::vector<std::string>& arguments, const std::string& input = "")
    {
        const Result bare = run({.arguments = arguments, .environment = bare_environment(directory_), .input = input});
        const Result preloaded = run(
            {.arguments = arguments, .environment = preloaded_environment(directory_, kOverrideAll), .input = input});
        EXPECT_EQ(preloaded.exit_code, bare.exit_code) << preloaded;
        EXPECT_EQ(preloaded.signal, bare.signal);
        EXPECT_EQ(preloaded.out, bare.out);
        EXPECT_EQ(preloaded.err, bare.err);
        return bare;
    }

    const TempDir directory_;
    const std::uint16_t port_ = free_port();
    std::optional<Process> server_;
};

TEST_F(OutputTest, CurlFetchesAPage)
{
    KASHIM_NEEDS("curl");
    KASHIM_NEEDS("python3");
    serve();
    const Result result = expect_same({debian_path("curl"), "-q", "-sS", "-f", url("page")});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out, "a page of text\n");
    EXPECT_EQ(result.err, "");
}

TEST_F(OutputTest, CurlSaysThatAPageIsMissing)
{
    KASHIM_NEEDS("curl");
    KASHIM_NEEDS("python3");
    serve();
    const Result result = expect_same({debian_path("curl"), "-q", "-sS", "-f", url("nothing")});
    EXPECT_EQ(result.exit_code, 22);
    EXPECT_EQ(result.err, "curl: (22) The requested URL returned error: 404\n");
}

TEST_F(OutputTest, CurlIsRefused)
{
    KASHIM_NEEDS("curl");
    // Without -S: its message holds a time.
    EXPECT_EQ(expect_same({debian_path("curl"), "-q", "-s", url("")}).exit_code, 7);
}

TEST_F(OutputTest, PythonIsRefusedWithTheKernelsError)
{
    KASHIM_NEEDS("python3");
    const Result result = expect_same({debian_path("python3"), "-c",
                                       "import socket, sys\n"
                                       "print(socket.socket().connect_ex(('127.0.0.1', int(sys.argv[1]))))",
                                       std::to_string(port_)});
    EXPECT_EQ(result.out, "111\n");  // ECONNREFUSED
}

TEST_F(OutputTest, NetcatIsRefused)
{
    KASHIM_NEEDS("nc");
    const Result result = expect_same({debian_path("nc"), "-z", "-v", "127.0.0.1", std::to_string(port_)});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.err,
              "nc: connect to 127.0.0.1 port " + std::to_string(port_) + " (tcp) failed: Connection refused\n");
}

TEST_F(OutputTest, RedisAnswers)
{
    KASHIM_NEEDS("redis-server");
    KASHIM_NEEDS("redis-cli");
    server_.emplace(Command{.arguments = {debian_path("redis-server"), "--bind", "127.0.0.1", "--port",
                                          std::to_string(port_), "--save", "", "--dir", directory_.path()},
                            .environment = preloaded_environment(directory_, kOverrideAll)});
    connect_to("127.0.0.1", port_);  // it listens
    const std::vector<std::string> cli{debian_path("redis-cli"), "-p", std::to_string(port_)};
    const auto with = [&cli](std::vector<std::string> words) {
        words.insert(words.begin(), cli.begin(), cli.end());
        return words;
    };
    EXPECT_EQ(expect_same(with({"ping"})).out, "PONG\n");
    EXPECT_EQ(expect_same(cli, "set key value\nget key\n").out, "OK\nvalue\n");
    const Result failed = expect_same(with({"-e", "lpush", "key", "x"}));
    EXPECT_EQ(failed.exit_code, 1);
}

TEST_F(OutputTest, NodeFetchesAPage)
{
    KASHIM_NEEDS("node");
    KASHIM_NEEDS("python3");
    serve();
    const char* code = "require('http').get(process.argv[1], response => response.pipe(process.stdout))";
    const Result result = expect_same({debian_path("node"), "-e", code, url("page")});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out, "a page of text\n");
}

TEST_F(OutputTest, PhpFetchesAPage)
{
    KASHIM_NEEDS("php");
    KASHIM_NEEDS("python3");
    serve();
    const Result result = expect_same({debian_path("php"), "-n", "-r", "readfile($argv[1]);", url("page")});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.out, "a page of text\n");
}

/// Most of what a library in every process meets never opens a socket.
TEST_F(OutputTest, AShellPipelineIsWhatItWas)
{
    const Result result = expect_same(
        {debian_path("bash"), "-c", "sort -r | head -n 2 | tr a-z A-Z; (exit 3); echo $?; kill -TERM $$"}, "a\nb\nc\n");
    EXPECT_EQ(result.out, "C\nB\n3\n");
    EXPECT_EQ(result.signal, SIGTERM);
}

}  // namespace
}  // namespace kashim::test
