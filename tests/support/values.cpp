// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "support/values.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <ostream>
#include <system_error>
#include <tuple>
#include <utility>

namespace kashim::test {
namespace {

// The same numbers on every architecture; glibc has wrappers from 2.36 on only.
constexpr long kPidfdOpen = 434;
constexpr long kPidfdGetfd = 438;

class Descriptor {
public:
    explicit Descriptor(long fd) : fd_(static_cast<int>(fd)) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }
    int get() const { return fd_; }

private:
    int fd_;
};

[[noreturn]] void fail(const std::string& what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

int option(int fd, int level, int name)
{
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

bool is_tcp(int fd)
{
    constexpr int kMptcp = 262;
    const int domain = option(fd, SOL_SOCKET, SO_DOMAIN);
    const int protocol = option(fd, SOL_SOCKET, SO_PROTOCOL);
    return (domain == AF_INET || domain == AF_INET6) && (protocol == IPPROTO_TCP || protocol == kMptcp);
}

std::pair<std::string, std::uint16_t> end_of(int fd, int (*ask)(int, sockaddr*, socklen_t*))
{
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (ask(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
        return {};
    char text[INET6_ADDRSTRLEN] = "";
    if (storage.ss_family == AF_INET) {
        sockaddr_in ipv4{};
        std::memcpy(&ipv4, &storage, sizeof ipv4);
        ::inet_ntop(AF_INET, &ipv4.sin_addr, text, sizeof text);
        return {text, ntohs(ipv4.sin_port)};
    }
    sockaddr_in6 ipv6{};
    std::memcpy(&ipv6, &storage, sizeof ipv6);
    if (IN6_IS_ADDR_V4MAPPED(&ipv6.sin6_addr))
        ::inet_ntop(AF_INET, &ipv6.sin6_addr.s6_addr[12], text, sizeof text);
    else
        ::inet_ntop(AF_INET6, &ipv6.sin6_addr, text, sizeof text);
    return {text, ntohs(ipv6.sin6_port)};
}

template <typename Wanted>
std::optional<TcpSocket> first(pid_t pid, Wanted wanted)
{
    const std::vector<TcpSocket> sockets = tcp_sockets(pid);
    const auto found = std::find_if(sockets.begin(), sockets.end(), wanted);
    return found == sockets.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

std::ostream& operator<<(std::ostream& stream, const Values& values)
{
    return stream << "keepalive=" << values.keepalive << " idle=" << values.idle << " interval=" << values.interval
                  << " count=" << values.count << " user_timeout=" << values.user_timeout;
}

std::ostream& operator<<(std::ostream& stream, const TcpSocket& socket)
{
    return stream << "fd " << socket.fd << (socket.listening ? " listening " : " ") << socket.local_address << ":"
                  << socket.local_port << " -> " << socket.peer_address << ":" << socket.peer_port << " "
                  << socket.values;
}

Values values_of(int fd)
{
    if (option(fd, SOL_SOCKET, SO_TYPE) < 0)
        fail("descriptor " + std::to_string(fd));
    return {.keepalive = option(fd, SOL_SOCKET, SO_KEEPALIVE),
            .idle = option(fd, IPPROTO_TCP, TCP_KEEPIDLE),
            .interval = option(fd, IPPROTO_TCP, TCP_KEEPINTVL),
            .count = option(fd, IPPROTO_TCP, TCP_KEEPCNT),
            .user_timeout = option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT)};
}

std::vector<TcpSocket> tcp_sockets(pid_t pid)
{
    const Descriptor process(::syscall(kPidfdOpen, pid, 0));
    if (process.get() < 0)
        fail("process " + std::to_string(pid));
    std::vector<TcpSocket> sockets;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
        const std::string name = entry.path().filename();
        TcpSocket socket;
        std::from_chars(name.data(), name.data() + name.size(), socket.fd);
        const Descriptor taken(::syscall(kPidfdGetfd, process.get(), socket.fd, 0));
        if (taken.get() < 0 && errno != EBADF)
            fail("descriptor " + name + " of process " + std::to_string(pid));
        if (taken.get() < 0 || !is_tcp(taken.get()))
            continue;
        socket.listening = option(taken.get(), SOL_SOCKET, SO_ACCEPTCONN) == 1;
        std::tie(socket.local_address, socket.local_port) = end_of(taken.get(), ::getsockname);
        std::tie(socket.peer_address, socket.peer_port) = end_of(taken.get(), ::getpeername);
        socket.values = values_of(taken.get());
        sockets.push_back(std::move(socket));
    }
    return sockets;
}

Values values_of(pid_t pid, int fd)
{
    const Descriptor process(::syscall(kPidfdOpen, pid, 0));
    const Descriptor taken(process.get() < 0 ? -1 : ::syscall(kPidfdGetfd, process.get(), fd, 0));
    if (taken.get() < 0)
        fail("descriptor " + std::to_string(fd) + " of process " + std::to_string(pid));
    return values_of(taken.get());
}

std::optional<TcpSocket> socket_connected_to(pid_t pid, std::uint16_t peer_port)
{
    return first(pid, [=](const TcpSocket& socket) { return socket.peer_port == peer_port; });
}

std::optional<TcpSocket> socket_listening_on(pid_t pid, std::uint16_t port)
{
    return first(pid, [=](const TcpSocket& socket) { return socket.listening && socket.local_port == port; });
}

std::optional<TcpSocket> socket_accepted_on(pid_t pid, std::uint16_t port)
{
    return first(pid, [=](const TcpSocket& socket) {
        return !socket.listening && socket.local_port == port && socket.peer_port != 0;
    });
}

}  // namespace kashim::test
