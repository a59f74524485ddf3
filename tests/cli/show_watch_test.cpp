// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim show on a terminal, and again and again.
#include "cli/script.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <regex>
#include <sstream>

namespace kashim::test {
namespace {

// A terminal of the test's own, and what was written to it.
class Terminal {
public:
    Terminal(unsigned short columns, unsigned short lines)
    {
        winsize size{lines, columns, 0, 0};
        if (::openpty(&ours_, &theirs_, nullptr, nullptr, &size) != 0)
            throw std::system_error(errno, std::generic_category(), "openpty");
        ::fcntl(ours_, F_SETFL, O_NONBLOCK);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal()
    {
        ::close(ours_);
        ::close(theirs_);
    }

    int for_child() const { return theirs_; }

    /// Without the carriage returns that a terminal puts in front of newlines.
    const std::string& text()
    {
        char piece[4096];
        for (ssize_t n; (n = ::read(ours_, piece, sizeof piece)) > 0;)
            for (const char c : std::string_view(piece, static_cast<std::size_t>(n)))
                if (c != '\r')
                    text_ += c;
        return text_;
    }

private:
    int ours_ = -1;
    int theirs_ = -1;
    std::string text_;
};

std::size_t count(const std::string& text, const std::string& what)
{
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size())
        ++found;
    return found;
}

constexpr const char* kConnections = R"(
server = listener()
client, accepted = connection(server)
closed, left = connection(server)
closed.close()
say(server=port(server), client=port(client), closed=left.getpeername()[1])
)";

TEST(ShowOnATerminal, ARowThatIsTooWideTakesSeveralLinesAndNothingIsCut)
{
    const Script script(kConnections);
    const Kashim kashim;
    Terminal terminal(90, 50);
    Process process(kashim.command(
        {"show", "-a", script.said("pid")},
        {.arguments = {}, .environment = {"NO_COLOR=1", "TERM=xterm"}, .descriptors = {{terminal.for_child(), 1}}}));
    EXPECT_EQ(process.wait().exit_code, 0);
    const std::string row = "  off  7200s  75s  9  off  never  -\n"
                            "  built-in defaults  no: keepalive=on idle=60s interval=30s count=5\n";
    EXPECT_EQ(squeezed(terminal.text()),
              script.fill("STATE  RECV-Q  SEND-Q  LOCAL  PEER  PROCESS\n"
                          "  KEEPALIVE  IDLE  INTERVAL  COUNT  USER_TIMEOUT  DEAD_AFTER  NEXT_PROBE\n"
                          "  RULE  AGREES\n"
                          "  NOTE\n"
                          "LISTEN  0  16  127.0.0.1:{server}  *  python3[{pid}] fd 3\n" +
                          row + "ESTABLISHED  0  0  127.0.0.1:{client}  127.0.0.1:{server}  python3[{pid}] fd 4\n" +
                          row + "ESTABLISHED  0  0  127.0.0.1:{server}  127.0.0.1:{client}  python3[{pid}] fd 5\n" +
                          row + "CLOSE-WAIT  1  0  127.0.0.1:{server}  127.0.0.1:{closed}  python3[{pid}] fd 7\n" +
                          row + "  the peer has closed, the program has not\n"));
    std::istringstream lines(terminal.text());
    for (std::string line; std::getline(lines, line);)
        EXPECT_LE(line.size(), 90u) << line;
}

TEST(ShowOnATerminal, ColoursMarkWhatMatters)
{
    const Script script(kConnections);
    const Kashim kashim;
    Terminal terminal(200, 50);
    Process process(kashim.command(
        {"show", script.said("pid")},
        {.arguments = {}, .environment = {"NO_COLOR=", "TERM=xterm"}, .descriptors = {{terminal.for_child(), 1}}}));
    EXPECT_EQ(process.wait().exit_code, 0);
    EXPECT_EQ(count(terminal.text(), "\033[1;31mCLOSE-WAIT\033[0m "), 1u);
    EXPECT_EQ(count(terminal.text(), "\033[1;31mno: keepalive=on idle=60s interval=30s count=5\033[0m"), 3u);
}

TEST(ShowOnATerminal, WatchingDrawsOneFrameOverTheOther)
{
    const Script script(kConnections);
    const Kashim kashim;
    Terminal terminal(300, 5);
    Process process(kashim.command(
        {"show", script.said("pid"), "--watch", "0.1"},
        {.arguments = {}, .environment = {"NO_COLOR=1", "TERM=xterm"}, .descriptors = {{terminal.for_child(), 1}}}));
    ASSERT_TRUE(eventually([&] { return count(terminal.text(), "\033[J") >= 3; })) << terminal.text();
    process.kill(SIGINT);
    const Result result = process.wait();
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_EQ(result.err, "");
    // Title, header, what fits, what does not and the remark: the cursor's line is free.
    const std::regex frame("\033\\[H[-0-9]{10} [:0-9]{8}, every 0\\.1s\033\\[K\n"
                           "\\.\\.\\. and 4 lines more\033\\[K\n"
                           "1 socket in CLOSE-WAIT: [^\n]*\033\\[K\n\033\\[J");
    EXPECT_TRUE(std::regex_search(terminal.text(), frame)) << terminal.text();
    EXPECT_EQ(count(terminal.text(), "\033[H"), count(terminal.text(), "\033[J"));
}

TEST(ShowAgainAndAgain, ThePictureIsAppendedWhereNobodyWatches)
{
    const Script script("server = listener()\nsay(server=port(server))");
    const Kashim kashim;
    Process process(kashim.command({"show", "-l", "-H", script.said("pid"), "--watch", "0.1"}));
    ASSERT_TRUE(eventually([&] { return count(process.out(), "LISTEN") >= 3; }));
    process.kill(SIGINT);
    const Result result = process.wait();
    EXPECT_EQ(result.exit_code, 0) << result;
    const std::string line =
        script.fill("LISTEN  0  16  127.0.0.1:{server}  *  python3[{pid}] fd 3  off  7200s  75s  9  off  never  -"
                    "  built-in defaults  no: keepalive=on idle=60s interval=30s count=5\n");
    const std::string out = std::regex_replace(squeezed(result.out), std::regex("[-0-9]{10} [:0-9]{8}"), "{time}");
    EXPECT_TRUE(out.starts_with("{time}, every 0.1s\n" + line + "\n{time}, every 0.1s\n" + line)) << out;
}

TEST(ShowAgainAndAgain, EachDocumentIsALine)
{
    const Script script("server = listener()");
    const Kashim kashim;
    Process process(kashim.command({"show", "-l", "--json", script.said("pid"), "--watch=0.1"}));
    ASSERT_TRUE(eventually([&] { return count(process.out(), "\n") >= 3; }));
    process.kill(SIGINT);
    EXPECT_EQ(process.wait().exit_code, 0);
    std::istringstream lines(process.out());
    for (std::string line; std::getline(lines, line);)
        EXPECT_EQ(nlohmann::json::parse(line)["sockets"].size(), 1u);
}

TEST(ShowAgainAndAgain, ItEndsWithItsProcess)
{
    auto script = std::make_unique<Script>("server = listener()");
    const Kashim kashim;
    const std::string pid = script->said("pid");
    Process process(kashim.command({"show", "-l", pid, "--watch", "0.1"}));
    ASSERT_TRUE(process.says("LISTEN"));
    script.reset();
    const Result result = process.wait();
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_EQ(result.err, "kashim show: process " + pid + " has ended\n");
}

}  // namespace
}  // namespace kashim::test
