// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "programs/loopback.h"

#include "support/process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace kashim::test {
namespace {

/// An address of either family, with the length that the kernel wants for it.
struct Address {
    union {
        sockaddr any;
        sockaddr_in ipv4;
        sockaddr_in6 ipv6;
    };
    socklen_t size;

    Address(const std::string& text, std::uint16_t port) : ipv6{}, size(sizeof ipv6)
    {
        if (text.find(':') != std::string::npos) {
            ipv6.sin6_family = AF_INET6;
            ipv6.sin6_port = htons(port);
            ::inet_pton(AF_INET6, text.c_str(), &ipv6.sin6_addr);
            return;
        }
        size = sizeof ipv4;
        ipv4.sin_family = AF_INET;
        ipv4.sin_port = htons(port);
        ::inet_pton(AF_INET, text.c_str(), &ipv4.sin_addr);
    }
};

[[noreturn]] void fail(const std::string& what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

std::uint16_t local_port_of(int fd)
{
    Address here("::", 0);  // large enough for either family
    if (::getsockname(fd, &here.any, &here.size) != 0)
        fail("getsockname");
    return ntohs(here.any.sa_family == AF_INET6 ? here.ipv6.sin6_port : here.ipv4.sin_port);
}

bool readable(int fd)
{
    pollfd wanted{fd, POLLIN, 0};
    constexpr std::chrono::milliseconds deadline = kDeadline;
    return ::poll(&wanted, 1, static_cast<int>(deadline.count())) == 1;
}

}  // namespace

Connection::Connection(Connection&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Connection::~Connection()
{
    if (fd_ >= 0)
        ::close(fd_);
}

std::uint16_t Connection::local_port() const
{
    return local_port_of(fd_);
}

void Connection::send(std::string_view text)
{
    if (::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
        fail("send");
}

std::string Connection::receive_until(std::string_view text)
{
    std::string received;
    char byte;
    while (received.find(text) == std::string::npos && readable(fd_) && ::recv(fd_, &byte, 1, 0) == 1)
        received.push_back(byte);
    return received;
}

bool Connection::receive_anything()
{
    char byte;
    return readable(fd_) && ::recv(fd_, &byte, 1, 0) == 1;
}

Listener::Listener(const std::string& address)
{
    const Address here(address, 0);
    fd_ = ::socket(here.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd_ < 0 || ::bind(fd_, &here.any, here.size) != 0 || ::listen(fd_, SOMAXCONN) != 0)
        fail("listener on " + address);
    port_ = local_port_of(fd_);
}

Listener::~Listener()
{
    ::close(fd_);
}

Connection Listener::accept()
{
    if (!readable(fd_))
        throw std::runtime_error("nobody connected to port " + std::to_string(port_));
    const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0)
        fail("accept");
    return Connection(fd);
}

Connection connect_to(const std::string& address, std::uint16_t port)
{
    const Address there(address, port);
    int fd = -1;
    const bool connected = eventually([&] {
        fd = ::socket(there.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::connect(fd, &there.any, there.size) == 0)
            return true;
        ::close(fd);
        return false;
    });
    if (!connected)
        throw std::runtime_error("nobody listens on " + host_and_port(address, port));
    return Connection(fd);
}

bool has_address(const std::string& address)
{
    const Address here(address, 0);
    const int fd = ::socket(here.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool bound = fd >= 0 && ::bind(fd, &here.any, here.size) == 0;
    if (fd >= 0)
        ::close(fd);
    return bound;
}

std::string host_and_port(const std::string& address, std::uint16_t port)
{
    const bool ipv6 = address.find(':') != std::string::npos;
    return (ipv6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

}  // namespace kashim::test
