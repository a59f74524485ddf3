// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/socket.h"

#include "platform/system_calls_linux.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace kashim::platform {
namespace {

using policy::Option;
using policy::OptionSet;
using policy::Values;

struct Row {
    Option option;
    int level;
    int name;
};

// In the order in which they are set: see set_values().
constexpr Row kOptions[] = {
    Row{Option::keepalive, SOL_SOCKET, SO_KEEPALIVE},         Row{Option::idle, IPPROTO_TCP, TCP_KEEPIDLE},
    Row{Option::interval, IPPROTO_TCP, TCP_KEEPINTVL},        Row{Option::count, IPPROTO_TCP, TCP_KEEPCNT},
    Row{Option::user_timeout, IPPROTO_TCP, TCP_USER_TIMEOUT},
};

std::optional<int> get_number(int fd, int level, int name)
{
    int number = 0;
    socklen_t size = sizeof number;
    if (get_option(fd, level, name, &number, &size) != 0)
        return std::nullopt;
    return number;
}

template <typename SockAddr>
std::optional<policy::Endpoint> endpoint_as(const sockaddr* address, socklen_t size)
{
    // The kernel takes an IPv6 address without its scope (SIN6_LEN_RFC2133 in net/ipv6/af_inet6.c).
    constexpr std::size_t kScope = std::is_same_v<SockAddr, sockaddr_in6> ? sizeof(sockaddr_in6::sin6_scope_id) : 0;
    if (size < sizeof(SockAddr) - kScope)
        return std::nullopt;
    // The program's buffer need not be aligned.
    SockAddr copy{};
    std::memcpy(&copy, address, std::min<std::size_t>(size, sizeof copy));
    if constexpr (std::is_same_v<SockAddr, sockaddr_in>)
        return policy::Endpoint{policy::Address::ipv4(ntohl(copy.sin_addr.s_addr)), ntohs(copy.sin_port)};
    else
        return policy::Endpoint{policy::Address::from_bytes(copy.sin6_addr.s6_addr, policy::Address::Family::ipv6),
                                ntohs(copy.sin6_port)};
}

}  // namespace

bool makes_tcp(int domain, int type, int protocol)
{
    // SOCK_STREAM is a number, not a bit: type & SOCK_STREAM would catch raw sockets too.
    const int kind = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
    return (domain == AF_INET || domain == AF_INET6) && kind == SOCK_STREAM &&
           (protocol == 0 || protocol == IPPROTO_TCP || protocol == kMultipathTcp);
}

bool is_tcp(int fd)
{
    const auto protocol = get_number(fd, SOL_SOCKET, SO_PROTOCOL);
    return protocol == IPPROTO_TCP || protocol == kMultipathTcp;
}

std::optional<Option> option_of(int level, int name)
{
    if (level != SOL_SOCKET && level != IPPROTO_TCP)
        return std::nullopt;
    for (const Row& row : kOptions) {
        if (row.level == level && row.name == name)
            return row.option;
    }
    return std::nullopt;
}

policy::Reading read_values(int fd, OptionSet which)
{
    policy::Reading reading;
    for (const Row& row : kOptions) {
        if (!which.has(row.option))
            continue;
        if (const auto number = get_number(fd, row.level, row.name)) {
            policy::set_number(reading.values, row.option, *number);
            reading.known = reading.known | row.option;
        }
    }
    return reading;
}

Outcome set_values(int fd, const Values& values, OptionSet which, SetSockOpt setsockopt)
{
    Outcome outcome;
    for (const Row& row : kOptions) {
        if (!which.has(row.option))
            continue;
        const int number = static_cast<int>(policy::number_of(values, row.option));
        if (setsockopt(fd, row.level, row.name, &number, sizeof number) == 0) {
            outcome.done = outcome.done | row.option;
            continue;
        }
        outcome.refused = outcome.refused | row.option;
        if (outcome.error == 0)
            outcome.error = errno;
    }
    return outcome;
}

bool readable(int fd, const sockaddr* address, socklen_t size)
{
    // getsockopt copies the length in before it looks at the name (sk_getsockopt in net/core/sock.c), for TCP and MPTCP
    // alike, and there is no option of this name: ENOPROTOOPT, or EINVAL where the bytes make a negative length.
    constexpr int kNoOption = 0x7fffffff;
    const auto probe = [fd](std::uintptr_t at) {
        get_option(fd, SOL_SOCKET, kNoOption, nullptr, reinterpret_cast<socklen_t*>(at));
        return errno == ENOPROTOOPT || errno == EINVAL;
    };
    // The largest address is smaller than a page: its first and its last bytes tell for all.
    const auto first = reinterpret_cast<std::uintptr_t>(address);
    const std::uintptr_t behind = first + std::clamp<socklen_t>(size, sizeof(socklen_t), sizeof(sockaddr_storage));
    constexpr std::uintptr_t kSmallestPage = 4096;
    if (!probe(first))
        return false;
    return first / kSmallestPage == (behind - 1) / kSmallestPage || probe(behind - sizeof(socklen_t));
}

std::optional<policy::Endpoint> endpoint_of(const sockaddr* address, socklen_t size)
{
    constexpr auto kFamilyEnd = offsetof(sockaddr, sa_family) + sizeof(sockaddr::sa_family);
    if (address == nullptr || size < kFamilyEnd)
        return std::nullopt;
    if (address->sa_family == AF_INET)
        return endpoint_as<sockaddr_in>(address, size);
    if (address->sa_family == AF_INET6)
        return endpoint_as<sockaddr_in6>(address, size);
    return std::nullopt;
}

std::optional<policy::Endpoint> peer_of(int fd)
{
    // The length asked for must not pass the address's own (EINVAL in sk_getsockopt, net/core/sock.c): first what an
    // IPv4 address has, which also tells the family.
    sockaddr_in6 address{};
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    for (socklen_t size : {socklen_t{sizeof(sockaddr_in)}, socklen_t{sizeof(sockaddr_in6)}}) {
        if (get_option(fd, SOL_SOCKET, SO_PEERNAME, &address, &size) != 0)
            return std::nullopt;
        if (generic->sa_family != AF_INET6)
            return endpoint_of(generic, size);
    }
    return endpoint_of(generic, sizeof address);
}

std::optional<std::uint16_t> local_port_of(int fd)
{
    sockaddr_in6 address{};
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (get_own_name(fd, generic, &size) != 0)
        return std::nullopt;
    const auto endpoint = endpoint_of(generic, size);
    return endpoint ? std::optional(endpoint->port) : std::nullopt;
}

bool is_listening(int fd)
{
    return get_number(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1;
}

}  // namespace kashim::platform
