// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Whether what was asked for really reached its reader.
#include "check_support.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace kashim::test {
namespace {

class Output : public Check {
protected:
    Result with_output_to(const char* path, std::vector<std::string> arguments) const
    {
        const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
        EXPECT_GE(fd, 0);
        Command command = this->command(std::move(arguments));
        command.descriptors = {{fd, 1}};
        const Result result = run(command);
        ::close(fd);
        return result;
    }

    Result with_output_closed(std::vector<std::string> arguments) const
    {
        Command command = this->command(std::move(arguments));
        command.before_exec = [] { ::close(1); };
        return run(command);
    }

    /// What comes out of a terminal of so many columns. A terminal ends its lines in CR LF.
    std::string on_terminal(unsigned short columns, std::vector<std::string> arguments,
                            std::vector<std::string> environment) const
    {
        const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        EXPECT_EQ(::grantpt(terminal), 0);
        EXPECT_EQ(::unlockpt(terminal), 0);
        const int line = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
        const struct winsize size {
            24, columns, 0, 0
        };
        EXPECT_EQ(::ioctl(line, TIOCSWINSZ, &size), 0);
        Command command = this->command(std::move(arguments), std::move(environment));
        command.descriptors = {{line, 1}};
        Process process(command);
        ::close(line);
        std::string text;
        char piece[4096];
        for (ssize_t n; (n = ::read(terminal, piece, sizeof piece)) > 0;)
            text.append(piece, static_cast<std::size_t>(n));
        ::close(terminal);
        EXPECT_EQ(process.wait().exit_code, 1);
        std::erase(text, '\r');
        return text;
    }
};

TEST_F(Output, ThatFindsTheDiskFullIsAFailure)
{
    const std::string path = file("");
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"check", path}, {"check", "--print", path}, {"check", "--json", path}}) {
        const Result result = with_output_to("/dev/full", arguments);
        EXPECT_EQ(result.exit_code, 2) << result;
        EXPECT_EQ(result.err, "kashim: cannot write to standard output: No space left on device\n");
    }
}

TEST_F(Output, OfHelpThatFindsTheDiskFullIsAFailureToo)
{
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--help"}, {"check", "--help"}}) {
        const Result result = with_output_to("/dev/full", arguments);
        EXPECT_EQ(result.exit_code, 2) << result;
        EXPECT_TRUE(result.err.starts_with("kashim: cannot write to standard output")) << result;
    }
}

TEST_F(Output, ThatIsLongerThanABufferIsAFailureOnAFullDisk)
{
    std::string text;
    for (int i = 0; i < 1000; ++i)
        text += "[[rule]]\nport = 0\n";
    const Result result = with_output_to("/dev/full", {"check", file(text)});
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_EQ(result.err, "kashim: cannot write to standard output: No space left on device\n");
}

TEST_F(Output, ThatIsClosedIsAFailure)
{
    const Result result = with_output_closed({"check", file("")});
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_EQ(result.err, "kashim: cannot write to standard output: Bad file descriptor\n");
}

TEST_F(Output, ThatWasNeverWrittenToMayBeClosed)
{
    const Result result = with_output_closed({"chekc"});
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_EQ(result.err.find("standard output"), std::string::npos) << result;
}

TEST_F(Output, IntoAPipeThatNobodyReadsIsAFailureWhereTheSignalIsIgnored)
{
    int pipe[2];
    ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    ::close(pipe[0]);
    Command command = this->command({"check", file("")});
    command.descriptors = {{pipe[1], 1}};
    command.before_exec = [] { ::signal(SIGPIPE, SIG_IGN); };
    const Result result = run(command);
    ::close(pipe[1]);
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_EQ(result.err, "kashim: cannot write to standard output: Broken pipe\n");
}

TEST_F(Output, IsColouredOnATerminal)
{
    EXPECT_EQ(
        on_terminal(80, {"check", file("[[rule]]\npeer = \"10.0.0.1/8\"\nport = 0\n")}, {"TERM=xterm", "NO_COLOR="}),
        "\033[1mkashim.toml:2:8:\033[0m \033[1;35mwarning:\033[0m peer \"10.0.0.1/8\" has bits set behind its "
        "prefix; it means \"10.0.0.0/8\"\n"
        "    2 | peer = \"10.0.0.1/8\"\n"
        "      |        \033[1;35m^\033[0m\n"
        "\033[1mkashim.toml:3:8:\033[0m \033[1;31merror:\033[0m port must be a port from 1 to 65535, a range such "
        "as \"6000-6010\", or a list of them, not 0\n"
        "    3 | port = 0\n"
        "      |        \033[1;31m^\033[0m\n"
        "kashim.toml: errors: 1, warnings: 1; programs would run without kashim\n");
}

TEST_F(Output, IsNotColouredWhereTheUserSaysSo)
{
    const std::string plain =
        "kashim.toml:1:1: error: unknown key \"x\" outside of every table; expected [defaults] or "
        "[[rule]]\n"
        "    1 | x = 1\n"
        "      | ^\n"
        "kashim.toml: errors: 1, warnings: 0; programs would run without kashim\n";
    const std::vector<std::string> arguments{"check", file("x = 1\n")};
    EXPECT_EQ(on_terminal(80, arguments, {"TERM=xterm", "NO_COLOR=1"}), plain);
    EXPECT_EQ(on_terminal(80, arguments, {"TERM=dumb", "NO_COLOR="}), plain);
}

TEST_F(Output, OfALineStaysInsideTheTerminal)
{
    EXPECT_EQ(on_terminal(48, {"check", file("x = 1 # " + std::string(100, 'y') + "\n")}, {"TERM=dumb"}),
              "kashim.toml:1:1: error: unknown key \"x\" outside of every table; expected [defaults] or [[rule]]\n"
              "    1 | x = 1 # " +
                  std::string(39 - 6 - 8, 'y') +
                  "...\n"
                  "      | ^\n"
                  "kashim.toml: errors: 1, warnings: 0; programs would run without kashim\n");
}

}  // namespace
}  // namespace kashim::test
