// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What calls take: calls_bench ROW [itself] prints nanoseconds for one turn of the loop. measure.py runs it bare, with a
// library preloaded, and with "itself": then the program sets the same options that the others have a library set, which
// is the least that it can take.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Nanoseconds = std::chrono::duration<double, std::nano>;

bool sets_itself = false;

void check(int result, const char* what)
{
    if (result >= 0)
        return;
    std::perror(what);
    std::exit(1);
}

void set(int fd, int level, int name, int value)
{
    check(::setsockopt(fd, level, name, &value, sizeof value), "setsockopt");
}

/// As a program does that knows about keepalive: with the values of one-policy.toml.
void set_options(int fd)
{
    set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 60);
    set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 15);
    set(fd, IPPROTO_TCP, TCP_KEEPCNT, 4);
}

int tcp_socket()
{
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    check(fd, "socket");
    if (sets_itself)
        set_options(fd);
    return fd;
}

/// On loopback; its connections inherit what is set on it.
class Listener {
public:
    Listener() : fd_(tcp_socket())
    {
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        check(::bind(fd_, where(), sizeof address_), "bind");
        check(::listen(fd_, 128), "listen");
        socklen_t size = sizeof address_;
        check(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &size), "getsockname");
    }
    const sockaddr* where() const { return reinterpret_cast<const sockaddr*>(&address_); }

    int accept() const
    {
        const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
        check(fd, "accept4");
        return fd;
    }

private:
    int fd_;
    sockaddr_in address_{};
};

int connected_to(const Listener& listener)
{
    const int fd = tcp_socket();
    check(::connect(fd, listener.where(), sizeof(sockaddr_in)), "connect");
    return fd;
}

/// With a reset, which leaves no TIME_WAIT behind: that would use up the ports.
void reset(int fd)
{
    const linger at_once{1, 0};
    check(::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), "SO_LINGER");
    ::close(fd);
}

Nanoseconds time_of(auto work)
{
    const auto start = Clock::now();
    work();
    return Clock::now() - start;
}

constexpr int kPieces = 200;

/// Other programs take the processor away now and then; a quarter of the pieces is always undisturbed.
double quartile(std::vector<double> pieces)
{
    const auto at = pieces.begin() + static_cast<std::ptrdiff_t>(pieces.size() / 4);
    std::nth_element(pieces.begin(), at, pieces.end());
    return *at;
}

/// Nanoseconds of a turn, the clock read once for many.
double loop(int turns, auto turn)
{
    std::vector<double> pieces;
    for (int piece = 0; piece < kPieces; ++piece)
        pieces.push_back(time_of([&] {
                             for (int i = 0; i < turns; ++i)
                                 turn();
                         }).count() /
                         turns);
    return quartile(pieces);
}

/// The same where a turn says itself how long the part that counts took.
double sum(int turns, auto turn)
{
    std::vector<double> pieces;
    for (int piece = 0; piece < kPieces; ++piece) {
        Nanoseconds total{0};
        for (int i = 0; i < turns; ++i)
            total += turn();
        pieces.push_back(total.count() / turns);
    }
    return quartile(pieces);
}

double set_nodelay()
{
    const int fd = tcp_socket();
    return loop(2'000, [fd] { set(fd, IPPROTO_TCP, TCP_NODELAY, 1); });
}

double udp_socket()
{
    return loop(500, [] { ::close(::socket(AF_INET, SOCK_DGRAM, 0)); });
}

double unix_socket()
{
    return loop(500, [] { ::close(::socket(AF_UNIX, SOCK_STREAM, 0)); });
}

double udp_connect()
{
    const Listener listener;  // only for a port
    const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    return loop(1'000, [&] { ::connect(fd, listener.where(), sizeof(sockaddr_in)); });
}

double socket_and_close()
{
    return loop(500, [] { ::close(tcp_socket()); });
}

double connect_and_close()
{
    const Listener listener;
    return sum(50, [&] {
        int fd = -1;
        Nanoseconds time = time_of([&] { fd = connected_to(listener); });
        reset(listener.accept());
        return time + time_of([&] { ::close(fd); });
    });
}

double accept_only()
{
    const Listener listener;
    return sum(50, [&] {
        const int fd = connected_to(listener);
        int accepted = -1;
        const Nanoseconds time = time_of([&] { accepted = listener.accept(); });
        reset(fd);
        ::close(accepted);
        return time;
    });
}

/// Wall time for one connection, all threads together.
double threads(int count)
{
    constexpr int kTurns = 4'000;
    const auto work = [] {
        const Listener listener;
        for (int i = 0; i < kTurns; ++i) {
            const int fd = connected_to(listener);
            reset(listener.accept());
            ::close(fd);
        }
    };
    const Nanoseconds time = time_of([&] {
        std::vector<std::thread> all;
        for (int i = 0; i < count; ++i)
            all.emplace_back(work);
        for (std::thread& thread : all)
            thread.join();
    });
    return time.count() / (count * kTurns);
}

struct Row {
    std::string_view name;
    double (*measure)();
};

constexpr std::array kRows{
    Row{"setsockopt", set_nodelay},
    Row{"udp-socket", udp_socket},
    Row{"unix-socket", unix_socket},
    Row{"udp-connect", udp_connect},
    Row{"socket", socket_and_close},
    Row{"connect", connect_and_close},
    Row{"accept", accept_only},
    Row{"1-thread", [] { return threads(1); }},
    Row{"8-threads", [] { return threads(8); }},
};

}  // namespace

int main(int argc, char** argv)
{
    sets_itself = argc == 3 && std::string_view(argv[2]) == "itself";
    const auto row =
        std::find_if(kRows.begin(), kRows.end(), [&](const Row& r) { return argc > 1 && r.name == argv[1]; });
    if (row == kRows.end() || (argc == 3) != sets_itself) {
        std::fprintf(stderr, "usage: %s ROW [itself]\n", argv[0]);
        return 2;
    }
    std::printf("%f\n", row->measure());
    return 0;
}
