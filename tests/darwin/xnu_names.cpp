// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "xnu_names.h"

#include "xnu.h"

#include <netinet/tcp.h>

#include <cerrno>
#include <cstring>

namespace kashim::test {

std::string name_of_option(int level, int name)
{
    if (level == SOL_SOCKET)
        return name == SO_KEEPALIVE ? "SO_KEEPALIVE" : "SOL_SOCKET " + std::to_string(name);
    switch (name) {
    case TCP_NODELAY:
        return "TCP_NODELAY";
    case TCP_KEEPALIVE:
        return "TCP_KEEPALIVE";
    case TCP_KEEPINTVL:
        return "TCP_KEEPINTVL";
    case TCP_KEEPCNT:
        return "TCP_KEEPCNT";
    case TCP_RXT_CONNDROPTIME:
        return "TCP_RXT_CONNDROPTIME";
    default:
        return std::to_string(level) + " " + std::to_string(name);
    }
}

std::string name_of_error(int error)
{
    switch (error) {
    case EINVAL:
        return " EINVAL";
    case EPERM:
        return " EPERM";
    case ECONNRESET:
        return " ECONNRESET";
    case ENOPROTOOPT:
        return " ENOPROTOOPT";
    default:
        return " errno " + std::to_string(error);
    }
}

policy::Endpoint endpoint_in(const sockaddr* address, int family)
{
    // A family of 0 was IPv4 by then (getsockaddr_s in kern/uipc_syscalls.c).
    if (family == AF_INET6 && address->sa_family == AF_INET6) {
        sockaddr_in6 copy{};
        std::memcpy(&copy, address, sizeof copy);
        return {policy::Address::from_bytes(copy.sin6_addr.s6_addr, policy::Address::Family::ipv6),
                ntohs(copy.sin6_port)};
    }
    sockaddr_in copy{};
    std::memcpy(&copy, address, sizeof copy);
    return {policy::Address::ipv4(ntohl(copy.sin_addr.s_addr)), ntohs(copy.sin_port)};
}

Name::Name(const policy::Endpoint& endpoint)
{
    if (endpoint.address.family == policy::Address::Family::ipv4) {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_port = htons(endpoint.port);
        name.sin_addr.s_addr = htonl(static_cast<std::uint32_t>(endpoint.address.low));
        size = sizeof name;
        std::memcpy(&storage, &name, size);
        return;
    }
    sockaddr_in6 name{};
    name.sin6_family = AF_INET6;
    name.sin6_port = htons(endpoint.port);
    for (int i = 0; i < 16; ++i) {
        const std::uint64_t half = i < 8 ? endpoint.address.high : endpoint.address.low;
        name.sin6_addr.s6_addr[i] = static_cast<std::uint8_t>(half >> (56 - 8 * (i % 8)));
    }
    size = sizeof name;
    std::memcpy(&storage, &name, size);
}

}  // namespace kashim::test
