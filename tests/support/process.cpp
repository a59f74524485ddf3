// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <ostream>
#include <system_error>
#include <utility>

extern char** environ;

namespace kashim::test {
namespace {

[[noreturn]] void fail(const std::string& what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

int unnamed_file(std::string_view text = {})
{
    std::string path = (std::filesystem::temp_directory_path() / "kashim.XXXXXX").string();
    const int fd = ::mkostemp(path.data(), O_CLOEXEC | O_APPEND);
    if (fd < 0)
        fail(path);
    ::unlink(path.c_str());
    if (::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        fail(path);
    ::lseek(fd, 0, SEEK_SET);
    return fd;
}

std::string whole_file(int fd)
{
    std::string text;
    char piece[4096];
    // Not read(): the offset is shared with the child that writes.
    for (ssize_t n; (n = ::pread(fd, piece, sizeof piece, static_cast<off_t>(text.size()))) > 0;)
        text.append(piece, static_cast<std::size_t>(n));
    return text;
}

std::string name_of(std::string_view variable)
{
    return std::string(variable.substr(0, variable.find('=')));
}

std::vector<std::string> environment_of(const Command& command)
{
    std::vector<std::string> variables;
    const auto put = [&variables](std::string_view variable) {
        std::erase_if(variables, [&](const std::string& old) { return name_of(old) == name_of(variable); });
        variables.emplace_back(variable);
    };
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string name = name_of(*variable);
        if (name != "LD_PRELOAD" && !name.starts_with("KASHIM_") && !name.starts_with("LISTEN_"))
            put(*variable);
    }
    for (const std::string& addition : command.environment)
        put(addition);
    return variables;
}

std::vector<char*> pointers(std::vector<std::string>& strings)
{
    std::vector<char*> result;
    for (std::string& string : strings)
        result.push_back(string.data());
    result.push_back(nullptr);
    return result;
}

/// In the child. The wanted numbers may be in use by what is to be moved, so everything is lifted out of the way first.
bool arrange_descriptors(std::vector<Inherited>& moves, int& report)
{
    int above = 3;
    for (const Inherited& move : moves)
        above = move.to >= above ? move.to + 1 : above;
    report = ::fcntl(report, F_DUPFD_CLOEXEC, above);
    for (Inherited& move : moves)
        move.from = ::fcntl(move.from, F_DUPFD_CLOEXEC, above);
    for (const Inherited& move : moves)
        if (::dup2(move.from, move.to) < 0)
            return false;
    return report >= 0;
}

/// In the child. What the test's own parent left open would change the numbers that the program sees.
void keep_only(const std::vector<Inherited>& moves)
{
    constexpr int kSome = 1024;
    for (int fd = 0; fd < kSome; ++fd) {
        const bool wanted = std::any_of(moves.begin(), moves.end(), [fd](const Inherited& m) { return m.to == fd; });
        if (!wanted)
            ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
}

bool become(const Command& command)
{
    if (!command.directory.empty() && ::chdir(command.directory.c_str()) != 0)
        return false;
    if (command.uid && (::setgroups(0, nullptr) != 0 || ::setgid(*command.uid) != 0 || ::setuid(*command.uid) != 0))
        return false;
    return true;
}

}  // namespace

std::ostream& operator<<(std::ostream& stream, const Result& result)
{
    if (result.timed_out)
        stream << "still running at the deadline";
    else if (result.exit_code)
        stream << "exit code " << *result.exit_code;
    else
        stream << "signal " << result.signal;
    return stream << "\n--- out\n" << result.out << "\n--- err\n" << result.err << "\n---";
}

Process::Process(const Command& command)
{
    std::vector<std::string> arguments = command.arguments;
    std::vector<std::string> variables = environment_of(command);
    const std::vector<char*> argv = pointers(arguments);
    const std::vector<char*> envp = pointers(variables);

    out_ = unnamed_file();
    err_ = unnamed_file();
    const int in = command.input ? unnamed_file(*command.input) : ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    std::vector<Inherited> moves{{in, 0}, {out_, 1}, {err_, 2}};
    for (const Inherited& wanted : command.descriptors) {
        std::erase_if(moves, [&](const Inherited& move) { return move.to == wanted.to; });
        moves.push_back(wanted);
    }

    // The child says through this pipe why it could not become the program; a successful exec closes it silently.
    int report[2];
    if (::pipe(report) != 0)
        fail("pipe");
    ::fcntl(report[0], F_SETFD, FD_CLOEXEC);
    ::fcntl(report[1], F_SETFD, FD_CLOEXEC);
    pid_ = ::fork();
    if (pid_ < 0)
        fail("fork");
    if (pid_ == 0) {
        ::setpgid(0, 0);
        if (arrange_descriptors(moves, report[1]) && become(command)) {
            keep_only(moves);
            if (command.before_exec)
                command.before_exec();
            environ = const_cast<char**>(envp.data());
            ::execvp(argv[0], argv.data());
        }
        const int reason = errno;
        [[maybe_unused]] const ssize_t told = ::write(report[1], &reason, sizeof reason);
        ::_exit(127);
    }
    ::setpgid(pid_, pid_);  // as the child does: whoever comes first
    ::close(in);
    ::close(report[1]);
    int reason = 0;
    const bool failed = ::read(report[0], &reason, sizeof reason) == sizeof reason;
    ::close(report[0]);
    if (failed) {
        ::waitpid(pid_, nullptr, 0);
        ::close(out_);
        ::close(err_);
        throw std::system_error(reason, std::generic_category(), command.arguments.at(0));
    }
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), out_(std::exchange(other.out_, -1)), err_(std::exchange(other.err_, -1)),
      status_(other.status_)
{
}

Process::~Process()
{
    if (pid_ < 0)
        return;
    if (!status_) {
        // While the child is not reaped, its process group cannot belong to anybody else.
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(out_);
    ::close(err_);
}

bool Process::running()
{
    int status = 0;
    if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
        status_ = status;
    return !status_;
}

void Process::kill(int signal)
{
    if (running())
        ::kill(pid_, signal);
}

std::string Process::out() const
{
    return whole_file(out_);
}

std::string Process::err() const
{
    return whole_file(err_);
}

bool Process::says(std::string_view text, std::chrono::milliseconds deadline)
{
    bool ended = false;
    eventually(
        [&] {
            ended = !running();  // asked first: what it said last is then in the file
            return out().find(text) != std::string::npos || ended;
        },
        deadline);
    return out().find(text) != std::string::npos;
}

Result Process::wait(std::chrono::milliseconds deadline)
{
    Result result;
    result.timed_out = !eventually([this] { return !running(); }, deadline);
    if (result.timed_out) {
        int status = 0;
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, &status, 0);
        status_ = status;
    }
    if (WIFEXITED(*status_) && !result.timed_out)
        result.exit_code = WEXITSTATUS(*status_);
    if (WIFSIGNALED(*status_))
        result.signal = WTERMSIG(*status_);
    result.out = out();
    result.err = err();
    return result;
}

Result run(const Command& command, std::chrono::milliseconds deadline)
{
    return Process(command).wait(deadline);
}

TempDir::TempDir()
{
    std::string path = (std::filesystem::temp_directory_path() / "kashim.XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr)
        fail(path);
    ::chmod(path.c_str(), 0755);
    path_ = path;
}

TempDir::~TempDir()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string write_file(const std::filesystem::path& path, std::string_view text)
{
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    if (!file)
        fail(path.string());
    return path.string();
}

std::string read_file(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        fail(path.string());
    return {std::istreambuf_iterator<char>(file), {}};
}

std::uint16_t free_port()
{
    // A dual-stack wildcard is refused a port that either family uses.
    const int fd = ::socket(AF_INET6, SOCK_STREAM, 0);
    const int off = 0;
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    socklen_t size = sizeof address;
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail("no free port");
    ::close(fd);
    return ntohs(address.sin6_port);
}

}  // namespace kashim::test
