// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/log.h"

#include "support/process.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

namespace kashim::test {
namespace {

using platform::Level;
using platform::Log;

/// Something else as descriptor 2, until the end of the block.
class StandardError {
public:
    explicit StandardError(int fd) : saved_(dup(STDERR_FILENO)) { dup2(fd, STDERR_FILENO); }
    ~StandardError()
    {
        dup2(saved_, STDERR_FILENO);
        close(saved_);
    }
    StandardError(const StandardError&) = delete;
    StandardError& operator=(const StandardError&) = delete;

private:
    int saved_;
};

std::string said(std::string_view text)
{
    return "kashim[" + std::to_string(getpid()) + "]: " + std::string(text) + "\n";
}

class PlatformLog : public testing::Test {
protected:
    std::string path(std::string_view name) const { return folder_ / name; }

    int file(std::string_view name) const
    {
        return open(path(name).c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }

    /// The descriptors of this process that lead to the file.
    std::vector<int> descriptors_of(std::string_view name) const
    {
        std::vector<int> found;
        for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
            std::error_code gone;
            if (std::filesystem::read_symlink(entry, gone) == path(name))
                found.push_back(std::stoi(entry.path().filename()));
        }
        return found;
    }

    TempDir folder_;
};

TEST_F(PlatformLog, SaysWhatItsLevelAllows)
{
    for (const Level level : {Level::off, Level::error, Level::warn, Level::info, Level::debug}) {
        const std::string name = "log" + std::to_string(static_cast<int>(level));
        const int fd = file(name);
        {
            const StandardError error(fd);
            Log log;
            EXPECT_EQ(log.open(level, nullptr), 0);
            for (const Level message : {Level::error, Level::warn, Level::info, Level::debug}) {
                EXPECT_EQ(log.says(message), message <= level);
                log.write(message, std::to_string(static_cast<int>(message)));
            }
        }
        close(fd);
        std::string expected;
        for (int message = 1; message <= static_cast<int>(level); ++message)
            expected += said(std::to_string(message));
        EXPECT_EQ(read_file(path(name)), expected);
    }
}

TEST_F(PlatformLog, IsSilentBeforeItIsOpened)
{
    const int fd = file("log");
    {
        const StandardError error(fd);
        const Log log;
        EXPECT_FALSE(log.says(Level::error));
        log.write(Level::error, "too early");
    }
    close(fd);
    EXPECT_EQ(read_file(path("log")), "");
}

TEST_F(PlatformLog, ALineIsCutAndStaysALine)
{
    const int fd = file("log");
    {
        const StandardError error(fd);
        Log log;
        log.open(Level::error, nullptr);
        log.write(Level::error, std::string(10000, 'x'));
        log.write(Level::error, "next");
    }
    close(fd);
    const std::string text = read_file(path("log"));
    const std::string first = text.substr(0, text.find('\n') + 1);
    EXPECT_TRUE(first.starts_with("kashim[" + std::to_string(getpid()) + "]: xxx"));
    EXPECT_EQ(first.size(), 448u);
    EXPECT_EQ(text.substr(first.size()), said("next"));
}

TEST_F(PlatformLog, KeepsErrno)
{
    const int fd = file("log");
    {
        const StandardError error(fd);
        Log log;
        log.open(Level::error, nullptr);
        errno = EXDEV;
        log.write(Level::error, "text");
        EXPECT_EQ(errno, EXDEV);
        close(STDERR_FILENO);
        errno = EXDEV;
        log.write(Level::error, "text");
        EXPECT_EQ(errno, EXDEV);
    }
    close(fd);
    EXPECT_EQ(read_file(path("log")), said("text"));
}

// A program that closed its standard error may have opened its data file there.
TEST_F(PlatformLog, IsSilentOnceDescriptorTwoIsSomethingElse)
{
    const int fd = file("log");
    const int data = file("data");
    {
        const StandardError error(fd);
        Log log;
        log.open(Level::error, nullptr);
        dup2(data, STDERR_FILENO);
        log.write(Level::error, "not for the data");
    }
    close(fd);
    close(data);
    EXPECT_EQ(read_file(path("data")), "");
    EXPECT_EQ(read_file(path("log")), "");
}

TEST_F(PlatformLog, IsSilentWhereDescriptorTwoWasClosedFromTheStart)
{
    const int data = file("data");
    {
        const StandardError error(data);
        close(STDERR_FILENO);
        Log log;
        log.open(Level::error, nullptr);
        dup2(data, STDERR_FILENO);
        log.write(Level::error, "not for the data");
    }
    close(data);
    EXPECT_EQ(read_file(path("data")), "");
}

// inetd gives its programs the connection as standard error too: the peer would read it.
TEST_F(PlatformLog, IsSilentOnANetworkSocketAndSpeaksOnALocalOne)
{
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(bind(listener, generic, size), 0);
    ASSERT_EQ(listen(listener, 1), 0);
    ASSERT_EQ(getsockname(listener, generic, &size), 0);
    const int network = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(connect(network, generic, size), 0);
    const int peer = accept(listener, nullptr, nullptr);
    int local[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, local), 0);

    const auto received = [](int from, int to) {
        {
            const StandardError error(to);
            Log log;
            log.open(Level::error, nullptr);
            log.write(Level::error, "text");
        }
        shutdown(to, SHUT_WR);
        char memory[64];
        const ssize_t got = read(from, memory, sizeof memory);
        return std::string(memory, static_cast<std::size_t>(std::max<ssize_t>(0, got)));
    };
    EXPECT_EQ(received(peer, network), "");
    EXPECT_EQ(received(local[0], local[1]), said("text"));
    for (const int fd : {listener, network, peer, local[0], local[1]})
        close(fd);
}

TEST_F(PlatformLog, ABrokenPipeDoesNotKillTheProgram)
{
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const auto earlier = signal(SIGPIPE, SIG_DFL);
    {
        const StandardError error(ends[1]);
        Log log;
        log.open(Level::error, nullptr);
        close(ends[0]);
        log.write(Level::error, "nobody reads this");
    }
    signal(SIGPIPE, earlier);
    close(ends[1]);
}

// A write would wait for a reader: this test would never end.
TEST_F(PlatformLog, AFullPipeDoesNotStopTheProgram)
{
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    const std::string page(4096, 'x');
    std::size_t filled = 0;
    for (ssize_t wrote = 0; (wrote = write(ends[1], page.data(), page.size())) > 0;)
        filled += static_cast<std::size_t>(wrote);
    ASSERT_EQ(fcntl(ends[1], F_SETFL, 0), 0);
    {
        const StandardError error(ends[1]);
        Log log;
        log.open(Level::error, nullptr);
        log.write(Level::error, "lost");
    }
    close(ends[1]);
    std::string rest(filled + 1000, '\0');
    std::size_t got = 0;
    for (ssize_t part = 0; (part = read(ends[0], rest.data(), rest.size())) > 0;)
        got += static_cast<std::size_t>(part);
    EXPECT_EQ(got, filled);
    close(ends[0]);
}

// --- KASHIM_LOG_FILE -----------------------------------------------------------------------------

TEST_F(PlatformLog, AFileGetsTheTimeInFrontAndNothingIsLost)
{
    write_file(path("log"), "earlier\n");
    Log log;
    const std::string name = path("log");
    ASSERT_EQ(log.open(Level::error, name.c_str()), 0);
    log.write(Level::error, "text");
    const std::string text = read_file(name);
    EXPECT_TRUE(
        std::regex_match(text, std::regex("earlier\n20\\d\\d-[01]\\d-[0-3]\\dT[0-2]\\d:[0-5]\\d:[0-6]\\dZ kashim\\[" +
                                          std::to_string(getpid()) + "\\]: text\n")))
        << text;
    for (const int fd : descriptors_of("log"))
        close(fd);
}

TEST_F(PlatformLog, AFileStaysOpenOnOneHighNumberThatExecCloses)
{
    Log log;
    const std::string name = path("log");
    ASSERT_EQ(log.open(Level::error, name.c_str()), 0);
    const std::vector<int> descriptors = descriptors_of("log");
    ASSERT_EQ(descriptors.size(), 1u);
    EXPECT_GE(descriptors[0], 60);
    EXPECT_NE(fcntl(descriptors[0], F_GETFD) & FD_CLOEXEC, 0);
    close(descriptors[0]);
}

TEST_F(PlatformLog, AFileThatTheProgramClosedIsOpenedForEachLine)
{
    Log log;
    const std::string name = path("log");
    ASSERT_EQ(log.open(Level::error, name.c_str()), 0);
    log.write(Level::error, "one");
    const std::vector<int> descriptors = descriptors_of("log");
    ASSERT_EQ(descriptors.size(), 1u);
    close(descriptors[0]);
    log.write(Level::error, "two");
    EXPECT_TRUE(descriptors_of("log").empty());

    const int data = file("data");  // the program takes the number for something of its own
    ASSERT_EQ(dup2(data, descriptors[0]), descriptors[0]);
    log.write(Level::error, "three");
    close(data);
    close(descriptors[0]);
    EXPECT_EQ(read_file(path("data")), "");
    const std::string text = read_file(name);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
    EXPECT_NE(text.find("]: three\n"), std::string::npos);
}

TEST_F(PlatformLog, WithoutItsFileItSaysWhyAndSpeaksOnStandardError)
{
    const std::string name = path("missing/log");
    const int fd = file("stderr");
    {
        const StandardError error(fd);
        Log log;
        EXPECT_EQ(log.open(Level::error, name.c_str()), ENOENT);
        log.write(Level::error, "text");
    }
    close(fd);
    EXPECT_EQ(read_file(path("stderr")), said("text"));
}

TEST_F(PlatformLog, AnEmptyNameIsStandardError)
{
    const int fd = file("stderr");
    {
        const StandardError error(fd);
        Log log;
        EXPECT_EQ(log.open(Level::error, ""), 0);
        log.write(Level::error, "text");
    }
    close(fd);
    EXPECT_EQ(read_file(path("stderr")), said("text"));
}

// Opening one for writing waits for a reader: this test would never end.
TEST_F(PlatformLog, ANamedPipeWithoutAReaderIsNotWaitedFor)
{
    const std::string name = path("fifo");
    ASSERT_EQ(mkfifo(name.c_str(), 0600), 0);
    const int fd = file("stderr");
    {
        const StandardError error(fd);
        Log log;
        EXPECT_EQ(log.open(Level::error, name.c_str()), ENXIO);
    }
    close(fd);
}

TEST_F(PlatformLog, SwitchedOffItOpensNothing)
{
    Log log;
    const std::string name = path("log");
    EXPECT_EQ(log.open(Level::off, name.c_str()), 0);
    EXPECT_FALSE(std::filesystem::exists(name));
}

}  // namespace
}  // namespace kashim::test
