// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/socket_darwin.h"

#include "policy/timeline.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sysctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

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
    Row{Option::keepalive, SOL_SOCKET, SO_KEEPALIVE},
    Row{Option::idle, IPPROTO_TCP, TCP_KEEPALIVE},
    Row{Option::interval, IPPROTO_TCP, TCP_KEEPINTVL},
    Row{Option::count, IPPROTO_TCP, TCP_KEEPCNT},
    Row{Option::user_timeout, IPPROTO_TCP, TCP_RXT_CONNDROPTIME},
};

std::optional<int> get_number(int fd, int level, int name)
{
    int number = 0;
    socklen_t size = sizeof number;
    if (getsockopt(fd, level, name, &number, &size) != 0)
        return std::nullopt;
    return number;
}

// As the kernel counts: seconds everywhere.
int value_of(const Values& values, Option option)
{
    return option == Option::user_timeout ? static_cast<int>(policy::conn_drop_time(values.user_timeout).count())
                                          : static_cast<int>(policy::number_of(values, option));
}

constexpr std::int64_t kMillisecondsPerSecond = 1000;

void store(Values& values, Option option, int number)
{
    policy::set_number(values, option,
                       option == Option::user_timeout ? number * kMillisecondsPerSecond : std::int64_t{number});
}

template <typename SockAddr>
std::optional<policy::Endpoint> endpoint_as(const sockaddr* address, socklen_t size)
{
    if (size < sizeof(SockAddr))
        return std::nullopt;
    // The program's buffer need not be aligned.
    SockAddr copy{};
    std::memcpy(&copy, address, sizeof copy);
    if constexpr (std::is_same_v<SockAddr, sockaddr_in>)
        return policy::Endpoint{policy::Address::ipv4(ntohl(copy.sin_addr.s_addr)), ntohs(copy.sin_port)};
    else
        return policy::Endpoint{policy::Address::from_bytes(copy.sin6_addr.s6_addr, policy::Address::Family::ipv6),
                                ntohs(copy.sin6_port)};
}

void store_sysctl(Values& values, Option option, const char* name, int unit)
{
    int number = 0;
    std::size_t size = sizeof number;
    if (sysctlbyname(name, &number, &size, nullptr, 0) == 0)
        store(values, option, number / unit);
}

policy::Milliseconds kept(policy::Milliseconds limit)
{
    Values values;
    store(values, Option::user_timeout, static_cast<int>(policy::conn_drop_time(limit).count()));
    return values.user_timeout;
}

}  // namespace

policy::Settings as_kept(policy::Settings settings)
{
    if (settings.user_timeout.kind == policy::UserTimeout::Kind::fixed)
        settings.user_timeout.limit = kept(settings.user_timeout.limit);
    return settings;
}

policy::Values system_values()
{
    Values values = policy::kMacosValues;
    constexpr int kMilliseconds = 1000;
    store_sysctl(values, Option::idle, "net.inet.tcp.keepidle", kMilliseconds);
    store_sysctl(values, Option::interval, "net.inet.tcp.keepintvl", kMilliseconds);
    store_sysctl(values, Option::count, "net.inet.tcp.keepcnt", 1);
    return values;
}

Destination destination_of(int fd, const sa_endpoints_t* endpoints)
{
    if (endpoints == nullptr || !readable(fd, reinterpret_cast<const sockaddr*>(endpoints), sizeof *endpoints))
        return {};
    return {endpoints->sae_dstaddr, endpoints->sae_dstaddrlen};
}

std::optional<Option> option_of(int level, int name)
{
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
            store(reading.values, row.option, *number);
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
        const int number = value_of(values, row.option);
        if (setsockopt(fd, row.level, row.name, &number, sizeof number) == 0) {
            outcome.done = outcome.done | row.option;
            continue;
        }
        const int error = errno;
        // Once the peer has gone nothing can be set any more (EINVAL in sosetoptlock, ECONNRESET in tcp_ctloutput), which
        // says nothing about our value.
        if (!facts_of(fd).tcp)
            break;
        outcome.refused = outcome.refused | row.option;
        if (outcome.error == 0)
            outcome.error = error;
    }
    return outcome;
}

bool readable(int fd, const sockaddr* address, socklen_t size)
{
    // getsockopt copies the length in before it looks at the name (getsockopt in kern/uipc_syscalls.c), where there is
    // somewhere to put a value; and there is no option of this name. A sandbox may say no, but not before that.
    constexpr int kNoOption = 0x7fffffff;
    const auto probe = [fd](std::uintptr_t at) {
        int nothing = 0;
        const bool worked = getsockopt(fd, SOL_SOCKET, kNoOption, &nothing, reinterpret_cast<socklen_t*>(at)) == 0;
        return !worked && (errno == ENOPROTOOPT || errno == EPERM || errno == EACCES);
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
    // sa_len is not looked at: the kernel writes the length it was called with over it (getsockaddr_s in
    // kern/uipc_syscalls.c), and takes no family for IPv4.
    const bool no_family = address->sa_family == AF_UNSPEC && size == sizeof(sockaddr_in);
    if (address->sa_family == AF_INET || no_family)
        return endpoint_as<sockaddr_in>(address, size);
    if (address->sa_family == AF_INET6)
        return endpoint_as<sockaddr_in6>(address, size);
    return std::nullopt;
}

}  // namespace kashim::platform
