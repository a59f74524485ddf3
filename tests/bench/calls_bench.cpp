// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What the library costs a program: system calls and whole starts, with and without it.
//
//   calls_bench LIBRARY CONFIG    the table: every row is measured bare and preloaded, turn by turn
//   calls_bench --row NAME        one measurement: prints nanoseconds for one turn of the loop
//
// Both sides are the same executable in processes of their own. They take turns, because a machine that is slow for a
// second would otherwise be charged to one of them. What is printed is the median.
#include "support/process.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRounds = 21;
constexpr int kStartRounds = 1001;
constexpr int kLoops = 20'000;

[[noreturn]] void fail(const char* what)
{
    std::perror(what);
    std::exit(1);
}

void check(int result, const char* what)
{
    if (result < 0)
        fail(what);
}

/// A listener on loopback, and where it is.
class Listener {
public:
    Listener() : fd_(::socket(AF_INET, SOCK_STREAM, 0))
    {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        check(::bind(fd_, where(), sizeof address_), "bind");
        check(::listen(fd_, 128), "listen");
        socklen_t size = sizeof address_;
        check(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &size), "getsockname");
    }
    int fd() const { return fd_; }
    const sockaddr* where() const { return reinterpret_cast<const sockaddr*>(&address_); }

private:
    int fd_;
    sockaddr_in address_{};
};

/// Closing with a reset leaves no TIME_WAIT behind, which would use up the ports.
void close_at_once(int fd)
{
    const linger at_once{1, 0};
    check(::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), "SO_LINGER");
    ::close(fd);
}

void tcp_socket()
{
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    check(fd, "socket");
    ::close(fd);
}

void udp_socket()
{
    const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    check(fd, "socket");
    ::close(fd);
}

void udp_connect()
{
    static const Listener listener;  // only for a port
    static const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    check(::connect(fd, listener.where(), sizeof(sockaddr_in)), "connect");
}

void set_nodelay()
{
    static const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    check(::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
}

void connect_and_close()
{
    static const Listener listener;
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    check(fd, "socket");
    check(::connect(fd, listener.where(), sizeof(sockaddr_in)), "connect");
    const int accepted = ::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC);
    check(accepted, "accept4");
    close_at_once(fd);
    ::close(accepted);
}

struct Row {
    std::string_view name;
    void (*turn)();
};

constexpr std::array kRows{
    Row{"setsockopt(TCP_NODELAY)", set_nodelay},
    Row{"UDP socket + close", udp_socket},
    Row{"UDP connect", udp_connect},
    Row{"TCP socket + close", tcp_socket},
    Row{"TCP socket + connect + accept4 + close", connect_and_close},
};

double nanoseconds_per_turn(void (*turn)())
{
    for (int i = 0; i < kLoops / 10; ++i)
        turn();
    const auto start = Clock::now();
    for (int i = 0; i < kLoops; ++i)
        turn();
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count() / kLoops;
}

double median(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

template <typename Measure>
void print_row(std::string_view name, int rounds, Measure measure)
{
    std::vector<double> bare, preloaded;
    for (int i = 0; i < rounds; ++i) {
        bare.push_back(measure(false));
        preloaded.push_back(measure(true));
    }
    const double without = median(bare), with = median(preloaded);
    std::printf("%-40.*s %10.0f %10.0f %10.0f %8.2f\n", static_cast<int>(name.size()), name.data(), without, with,
                with - without, with / without);
    std::fflush(stdout);
}

/// Not through kashim::test, which looks for the end of a child only now and then.
double start_true(const std::string& library, const std::string& config, bool preload)
{
    std::string preload_variable = "LD_PRELOAD=" + library, config_variable = "KASHIM_CONFIG=" + config;
    std::string program = "/bin/true";
    std::array<char*, 2> arguments{program.data(), nullptr};
    std::array<char*, 3> environment{};
    if (preload)
        environment = {preload_variable.data(), config_variable.data(), nullptr};
    const auto start = Clock::now();
    pid_t child = -1;
    if (::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environment.data()) != 0)
        fail("posix_spawn");
    check(::waitpid(child, nullptr, 0), "waitpid");
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

int print_table(const std::string& self, const std::string& library, const std::string& config)
{
    const auto run = [&](std::vector<std::string> arguments, bool preload) {
        kashim::test::Command command{.arguments = std::move(arguments)};
        if (preload)
            command.environment = {"LD_PRELOAD=" + library, "KASHIM_CONFIG=" + config};
        const kashim::test::Result result = kashim::test::run(command);
        if (!result.ok()) {
            std::fputs(result.err.c_str(), stderr);
            std::exit(1);
        }
        return result.out;
    };
    std::printf("%-40s %10s %10s %10s %8s\n", "", "bare, ns", "kashim, ns", "added, ns", "ratio");
    for (const Row& row : kRows) {
        print_row(row.name, kRounds, [&](bool preload) {
            return std::strtod(run({self, "--row", std::string(row.name)}, preload).c_str(), nullptr);
        });
    }
    print_row("start of /bin/true", kStartRounds, [&](bool preload) { return start_true(library, config, preload); });
    return 0;
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s LIBRARY CONFIG\n", argv[0]);
        return 2;
    }
    if (std::string_view(argv[1]) != "--row")
        return print_table(argv[0], argv[1], argv[2]);
    const auto row = std::find_if(kRows.begin(), kRows.end(), [&](const Row& r) { return r.name == argv[2]; });
    if (row == kRows.end())
        return 2;
    std::printf("%f\n", nanoseconds_per_turn(row->turn));
    return 0;
}
