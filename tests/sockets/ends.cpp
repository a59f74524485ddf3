// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/ends.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace kashim::test {
namespace {

struct Place {
    sockaddr_storage storage{};
    socklen_t size = 0;

    const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

int must(int result, const char* what)
{
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return result;
}

Place place(const std::string& address, std::uint16_t port)
{
    Place found;
    sockaddr_in ipv4{};
    if (::inet_pton(AF_INET, address.c_str(), &ipv4.sin_addr) == 1) {
        ipv4.sin_family = AF_INET;
        ipv4.sin_port = htons(port);
        std::memcpy(&found.storage, &ipv4, found.size = sizeof ipv4);
        return found;
    }
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    must(::inet_pton(AF_INET6, address.c_str(), &ipv6.sin6_addr) - 1, "address");
    std::memcpy(&found.storage, &ipv6, found.size = sizeof ipv6);
    return found;
}

}  // namespace

int listen_on(const std::string& address, int protocol, int backlog, std::uint16_t port)
{
    const Place where = place(address, port);
    const int fd = must(::socket(where.storage.ss_family, SOCK_STREAM, protocol), "socket");
    must(::bind(fd, where.generic(), where.size), "bind");
    must(::listen(fd, backlog), "listen");
    return fd;
}

int connect_to_port(const std::string& address, std::uint16_t port, int protocol)
{
    const Place where = place(address, port);
    const int fd = must(::socket(where.storage.ss_family, SOCK_STREAM, protocol), "socket");
    must(::connect(fd, where.generic(), where.size), "connect");
    return fd;
}

int start_to_connect(const std::string& address, std::uint16_t port)
{
    const Place where = place(address, port);
    const int fd = must(::socket(where.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
    if (::connect(fd, where.generic(), where.size) != 0 && errno != EINPROGRESS)
        must(-1, "connect");
    return fd;
}

int accept_from(int listener)
{
    return must(::accept(listener, nullptr, nullptr), "accept");
}

std::uint16_t port_of(int fd)
{
    sockaddr_in6 address{};
    socklen_t size = sizeof address;
    must(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    return ntohs(address.sin6_port);  // sin_port lies in the same place
}

std::uint64_t cookie_of(int fd)
{
    std::uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    must(::getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size), "SO_COOKIE");
    return cookie;
}

std::uint32_t inode_of(int fd)
{
    struct stat status {};
    must(::fstat(fd, &status), "fstat");
    return static_cast<std::uint32_t>(status.st_ino);
}

void set_option(int fd, int level, int name, int value)
{
    must(::setsockopt(fd, level, name, &value, sizeof value), "setsockopt");
}

void close_with_reset(int fd)
{
    const linger at_once{1, 0};
    must(::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), "SO_LINGER");
    ::close(fd);
}

Both connected_on(const std::string& address, int protocol)
{
    const int listener = listen_on(address, protocol);
    const std::uint16_t port = port_of(listener);
    const int client = connect_to_port(address, port, protocol);
    return {listener, client, accept_from(listener), port};
}

}  // namespace kashim::test
