// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim check - reads standard input, as far as a configuration may go.
#include "check_support.h"

#include <fcntl.h>
#include <unistd.h>

namespace kashim::test {
namespace {

constexpr std::size_t kLargest = 2 * 1024 * 1024;

class CheckInput : public Check {
protected:
    /// kashim check - with a descriptor of the test's as standard input.
    Command reading_from(int fd) const
    {
        Command command = this->command({"check", "-"});
        command.descriptors = {{fd, 0}};
        return command;
    }
};

TEST_F(CheckInput, IsCheckedLikeAFile)
{
    expect(checked("[defaults]\nidle = 20\n"), 0, "<stdin>: good, warnings: 0\n");
    expect(checked("[defaults]\nidel = 20\n"), 1,
           "<stdin>:2:1: error: unknown key \"idel\" in [defaults]; did you mean \"idle\"?\n"
           "    2 | idel = 20\n"
           "      | ^\n"
           "<stdin>: errors: 1, warnings: 0; programs would run without kashim\n");
}

TEST_F(CheckInput, ThatComesInPiecesThroughAPipeIsReadToItsEnd)
{
    int pipe[2];
    ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    Process process(reading_from(pipe[0]));
    ::close(pipe[0]);
    for (const std::string_view piece : {"[defaults]\nid", "el = 3\n"})
        ASSERT_EQ(::write(pipe[1], piece.data(), piece.size()), static_cast<ssize_t>(piece.size()));
    ::close(pipe[1]);
    EXPECT_EQ(process.wait().out, "<stdin>:2:1: error: unknown key \"idel\" in [defaults]; did you mean \"idle\"?\n"
                                  "    2 | idel = 3\n"
                                  "      | ^\n"
                                  "<stdin>: errors: 1, warnings: 0; programs would run without kashim\n");
}

TEST_F(CheckInput, ThatAnswersNotNowIsWaitedFor)
{
    int pipe[2];
    ASSERT_EQ(::pipe2(pipe, O_CLOEXEC | O_NONBLOCK), 0);
    Process process(reading_from(pipe[0]));
    ::close(pipe[0]);
    const std::string stat = "/proc/" + std::to_string(process.pid()) + "/stat";
    // It sleeps, in poll(): a read would have come back.
    ASSERT_TRUE(eventually([&] { return read_file(stat).find(") S ") != std::string::npos || !process.running(); }));
    ::close(pipe[1]);
    expect(process.wait(), 0, "<stdin>: good, warnings: 0\n");
}

TEST_F(CheckInput, OfTheLargestSizeIsTaken)
{
    expect(checked(std::string(kLargest, '\n')), 0, "<stdin>: good, warnings: 0\n");
}

TEST_F(CheckInput, WithoutEndIsRefused)
{
    const int zero = ::open("/dev/zero", O_RDONLY | O_CLOEXEC);
    ASSERT_GE(zero, 0);
    expect(run(reading_from(zero)), 2, "<stdin>: error: it is larger than 2 MiB, the most a configuration may have\n");
    ::close(zero);
}

TEST_F(CheckInput, ThatIsAFolderOrIsClosedCannotBeRead)
{
    const int folder = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ASSERT_GE(folder, 0);
    expect(run(reading_from(folder)), 2, "<stdin>: error: it cannot be read: it is a folder\n");
    ::close(folder);

    Command closed = command({"check", "-"});
    closed.before_exec = [] { ::close(0); };
    expect(run(closed), 2, "<stdin>: error: it cannot be read: it is closed\n");
}

TEST_F(CheckInput, IsNobodysFileThatOthersMightNotRead)
{
    expect(checked("", {"--strict"}), 0, "<stdin>: good, warnings: 0\n");
}

}  // namespace
}  // namespace kashim::test
