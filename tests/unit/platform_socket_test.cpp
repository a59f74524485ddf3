// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/socket.h"

#include "support/values.h"

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

namespace kashim::test {
namespace {

using platform::endpoint_of;
using platform::makes_tcp;
using platform::option_of;
using platform::peer_of;
using policy::Address;
using policy::Endpoint;
using policy::Option;
using policy::OptionSet;

constexpr int kMultipathTcp = 262;
constexpr std::uint32_t kLoopback = 0x7f000001;

/// A descriptor that is closed in the end.
class Fd {
public:
    explicit Fd(int fd) : fd_(fd) {}
    Fd(int domain, int type, int protocol = 0) : Fd(socket(domain, type | SOCK_CLOEXEC, protocol)) {}
    ~Fd()
    {
        if (fd_ >= 0)
            close(fd_);
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    operator int() const { return fd_; }

private:
    int fd_;
};

sockaddr_in ipv4(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(kLoopback);
    return address;
}

sockaddr_in6 ipv6(std::uint16_t port, const in6_addr& where = in6addr_loopback)
{
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    address.sin6_addr = where;
    return address;
}

template <typename SockAddr>
const sockaddr* generic(const SockAddr& address)
{
    return reinterpret_cast<const sockaddr*>(&address);
}

/// Listens on loopback; the queue may be as short as the kernel allows.
template <typename SockAddr>
std::uint16_t listen_on(int fd, SockAddr address, int backlog = 8)
{
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(fd, generic(address), size), 0);
    EXPECT_EQ(listen(fd, backlog), 0);
    return platform::local_port_of(fd).value_or(0);
}

TEST(PlatformSocket, TcpIsMadeOfInternetStreamsAndNothingElse)
{
    for (const int domain : {AF_INET, AF_INET6}) {
        for (const int flags : {0, int{SOCK_NONBLOCK}, int{SOCK_CLOEXEC}, SOCK_NONBLOCK | SOCK_CLOEXEC}) {
            for (const int protocol : {0, int{IPPROTO_TCP}, kMultipathTcp})
                EXPECT_TRUE(makes_tcp(domain, SOCK_STREAM | flags, protocol));
            EXPECT_FALSE(makes_tcp(domain, SOCK_STREAM | flags, IPPROTO_SCTP));
            EXPECT_FALSE(makes_tcp(domain, SOCK_DGRAM | flags, 0));
            EXPECT_FALSE(makes_tcp(domain, SOCK_RAW | flags, IPPROTO_TCP));  // 3 holds the bit of 1
            EXPECT_FALSE(makes_tcp(domain, SOCK_SEQPACKET | flags, 0));      // 5 too
            EXPECT_FALSE(makes_tcp(domain, flags, 0));
        }
    }
    for (const int domain : {int{AF_UNIX}, int{AF_NETLINK}, int{AF_PACKET}, int{AF_VSOCK}, int{AF_UNSPEC}, -1})
        EXPECT_FALSE(makes_tcp(domain, SOCK_STREAM, 0)) << domain;
}

TEST(PlatformSocket, WhatItIsIsAskedOfTheKernel)
{
    EXPECT_TRUE(platform::is_tcp(Fd(AF_INET, SOCK_STREAM)));
    EXPECT_TRUE(platform::is_tcp(Fd(AF_INET6, SOCK_STREAM)));
    EXPECT_FALSE(platform::is_tcp(Fd(AF_INET, SOCK_DGRAM)));
    EXPECT_FALSE(platform::is_tcp(Fd(AF_UNIX, SOCK_STREAM)));
    EXPECT_FALSE(platform::is_tcp(STDIN_FILENO));
    EXPECT_FALSE(platform::is_tcp(-1));
    const Fd multipath(AF_INET, SOCK_STREAM, kMultipathTcp);
    if (multipath >= 0) {
        EXPECT_TRUE(platform::is_tcp(multipath));
    }
}

TEST(PlatformSocket, TheFiveOptionsAreKnownByLevelAndName)
{
    EXPECT_EQ(option_of(SOL_SOCKET, SO_KEEPALIVE), Option::keepalive);
    EXPECT_EQ(option_of(IPPROTO_TCP, TCP_KEEPIDLE), Option::idle);
    EXPECT_EQ(option_of(IPPROTO_TCP, TCP_KEEPINTVL), Option::interval);
    EXPECT_EQ(option_of(IPPROTO_TCP, TCP_KEEPCNT), Option::count);
    EXPECT_EQ(option_of(IPPROTO_TCP, TCP_USER_TIMEOUT), Option::user_timeout);
    EXPECT_EQ(option_of(IPPROTO_TCP, TCP_NODELAY), std::nullopt);
    EXPECT_EQ(option_of(IPPROTO_TCP, SO_KEEPALIVE), std::nullopt);  // 9 is TCP_DEFER_ACCEPT there
    EXPECT_EQ(option_of(SOL_SOCKET, TCP_KEEPIDLE), std::nullopt);
    EXPECT_EQ(option_of(IPPROTO_IP, SO_KEEPALIVE), std::nullopt);
}

TEST(PlatformSocket, WhatIsSetIsWhatTheKernelTells)
{
    const Fd fd(AF_INET, SOCK_STREAM);
    const policy::Values wanted{true, 4, policy::Seconds(60), policy::Seconds(15), policy::Milliseconds(120000)};
    const platform::Outcome outcome = platform::set_values(fd, wanted, OptionSet::all(), ::setsockopt);
    EXPECT_EQ(outcome.done, OptionSet::all());
    EXPECT_TRUE(outcome.refused.empty());
    EXPECT_EQ(outcome.error, 0);
    EXPECT_EQ(values_of(fd), (Values{1, 60, 15, 4, 120000}));
    const policy::Reading reading = platform::read_values(fd, OptionSet::all());
    EXPECT_EQ(reading.values, wanted);
    EXPECT_EQ(reading.known, OptionSet::all());
}

TEST(PlatformSocket, TheLargestValuesFit)
{
    const Fd fd(AF_INET6, SOCK_STREAM);
    const policy::Values wanted{true, policy::kLargestCount, policy::kLargestTime, policy::kLargestTime,
                                policy::kLargestUserTimeout};
    EXPECT_EQ(platform::set_values(fd, wanted, OptionSet::all(), ::setsockopt).done, OptionSet::all());
    EXPECT_EQ(values_of(fd), (Values{1, 32767, 32767, 127, 2147483647}));
    EXPECT_EQ(platform::read_values(fd, OptionSet::all()).values, wanted);
}

TEST(PlatformSocket, OnlyTheChosenOptionsAreSetAndRead)
{
    const Fd fd(AF_INET, SOCK_STREAM);
    const Values before = values_of(fd);
    const policy::Values wanted{true, 4, policy::Seconds(60), policy::Seconds(15), policy::Milliseconds(9)};
    static_cast<void>(platform::set_values(fd, wanted, Option::idle | Option::count, ::setsockopt));
    Values expected = before;
    expected.idle = 60;
    expected.count = 4;
    EXPECT_EQ(values_of(fd), expected);
    const policy::Reading reading = platform::read_values(fd, Option::count);
    EXPECT_EQ(reading.known, OptionSet(Option::count));
    EXPECT_EQ(reading.values.count, 4);
    EXPECT_EQ(reading.values.idle, policy::kLinuxValues.idle);  // was not asked for
}

TEST(PlatformSocket, ARefusalIsToldAndTheOthersAreSetAllTheSame)
{
    const Fd fd(AF_INET, SOCK_STREAM);
    const policy::Values wanted{true, 4, policy::Seconds(40000), policy::Seconds(15), policy::Milliseconds(9)};
    const platform::Outcome outcome = platform::set_values(fd, wanted, OptionSet::all(), ::setsockopt);
    EXPECT_EQ(outcome.refused, OptionSet(Option::idle));
    EXPECT_EQ(outcome.done, OptionSet::all() - Option::idle);
    EXPECT_EQ(outcome.error, EINVAL);
    EXPECT_EQ(values_of(fd).interval, 15);

    const Fd udp(AF_INET, SOCK_DGRAM);
    EXPECT_EQ(platform::read_values(udp, OptionSet::all()).known, OptionSet(Option::keepalive));
    EXPECT_EQ(platform::read_values(-1, OptionSet::all()).known, OptionSet{});
}

std::vector<std::pair<int, int>> recorded;

int recording(int, int level, int name, const void*, socklen_t)
{
    recorded.emplace_back(level, name);
    return 0;
}

// The other way round the time that a connection has been idle already would not count.
TEST(PlatformSocket, ProbingIsSwitchedOnBeforeTheTimesAreSet)
{
    recorded.clear();
    static_cast<void>(platform::set_values(-1, {}, OptionSet::all(), recording));
    EXPECT_EQ(recorded, (std::vector<std::pair<int, int>>{{SOL_SOCKET, SO_KEEPALIVE},
                                                          {IPPROTO_TCP, TCP_KEEPIDLE},
                                                          {IPPROTO_TCP, TCP_KEEPINTVL},
                                                          {IPPROTO_TCP, TCP_KEEPCNT},
                                                          {IPPROTO_TCP, TCP_USER_TIMEOUT}}));
}

// --- addresses -----------------------------------------------------------------------------------

TEST(PlatformSocket, AnAddressIsReadOfEitherFamily)
{
    EXPECT_EQ(endpoint_of(generic(ipv4(80)), sizeof(sockaddr_in)), (Endpoint{Address::ipv4(kLoopback), 80}));
    EXPECT_EQ(endpoint_of(generic(ipv6(443)), sizeof(sockaddr_in6)), (Endpoint{Address::ipv6(0, 1), 443}));
    EXPECT_EQ(endpoint_of(generic(ipv4(80)), sizeof(sockaddr_storage)), (Endpoint{Address::ipv4(kLoopback), 80}));
}

TEST(PlatformSocket, AMappedAddressIsReadAsIpv4)
{
    in6_addr mapped{};
    mapped.s6_addr[10] = mapped.s6_addr[11] = 0xff;
    mapped.s6_addr[12] = 127;
    mapped.s6_addr[15] = 1;
    EXPECT_EQ(endpoint_of(generic(ipv6(80, mapped)), sizeof(sockaddr_in6)), (Endpoint{Address::ipv4(kLoopback), 80}));
}

TEST(PlatformSocket, AnAddressThatIsTooShortOrOfAnotherFamilyIsNone)
{
    EXPECT_EQ(endpoint_of(nullptr, 0), std::nullopt);
    EXPECT_EQ(endpoint_of(nullptr, 100), std::nullopt);
    const sockaddr_in short4 = ipv4(80);
    for (socklen_t size = 0; size < sizeof(sockaddr_in); ++size)
        EXPECT_EQ(endpoint_of(generic(short4), size), std::nullopt) << size;
    const sockaddr_in6 short6 = ipv6(80);
    // The kernel does without the scope at its end.
    constexpr socklen_t kWithoutScope = sizeof(sockaddr_in6) - sizeof(sockaddr_in6::sin6_scope_id);
    for (socklen_t size = 0; size < kWithoutScope; ++size)
        EXPECT_EQ(endpoint_of(generic(short6), size), std::nullopt) << size;
    EXPECT_EQ(endpoint_of(generic(short6), kWithoutScope)->port, 80);
    sockaddr_in6 other{};
    for (const int family : {AF_UNSPEC, AF_UNIX, AF_NETLINK}) {
        other.sin6_family = static_cast<sa_family_t>(family);
        EXPECT_EQ(endpoint_of(generic(other), sizeof other), std::nullopt) << family;
    }
}

TEST(PlatformSocket, AnAddressNeedNotBeAligned)
{
    std::array<unsigned char, sizeof(sockaddr_in6) + 1> memory;
    const sockaddr_in6 address = ipv6(443);
    std::memcpy(memory.data() + 1, &address, sizeof address);
    EXPECT_EQ(endpoint_of(reinterpret_cast<const sockaddr*>(memory.data() + 1), sizeof address),
              (Endpoint{Address::ipv6(0, 1), 443}));
}

TEST(PlatformSocket, ThePeerOfAConnectionIsKnownOnBothSides)
{
    const Fd listener(AF_INET, SOCK_STREAM);
    const std::uint16_t port = listen_on(listener, ipv4(0));
    const Fd client(AF_INET, SOCK_STREAM);
    EXPECT_EQ(peer_of(client), std::nullopt);
    EXPECT_EQ(platform::local_port_of(client), 0);
    ASSERT_EQ(connect(client, generic(ipv4(port)), sizeof(sockaddr_in)), 0);
    const Fd server(accept(listener, nullptr, nullptr));
    EXPECT_EQ(peer_of(client), (Endpoint{Address::ipv4(kLoopback), port}));
    EXPECT_EQ(platform::local_port_of(server), port);
    EXPECT_EQ(peer_of(server), (Endpoint{Address::ipv4(kLoopback), *platform::local_port_of(client)}));
    EXPECT_EQ(peer_of(listener), std::nullopt);
    EXPECT_TRUE(platform::is_listening(listener));
    EXPECT_FALSE(platform::is_listening(client));
    EXPECT_FALSE(platform::is_listening(server));
}

TEST(PlatformSocket, ThePeerOfAnIpv6ConnectionIsKnownToo)
{
    const Fd listener(AF_INET6, SOCK_STREAM);
    const std::uint16_t port = listen_on(listener, ipv6(0));
    const Fd client(AF_INET6, SOCK_STREAM);
    ASSERT_EQ(connect(client, generic(ipv6(port)), sizeof(sockaddr_in6)), 0);
    EXPECT_EQ(peer_of(client), (Endpoint{Address::ipv6(0, 1), port}));
}

TEST(PlatformSocket, AnIpv4PeerOnAnIpv6SocketIsIpv4)
{
    const Fd listener(AF_INET6, SOCK_STREAM);
    const int off = 0;
    ASSERT_EQ(setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off), 0);
    const std::uint16_t port = listen_on(listener, ipv6(0, in6addr_any));
    const Fd client(AF_INET, SOCK_STREAM);
    ASSERT_EQ(connect(client, generic(ipv4(port)), sizeof(sockaddr_in)), 0);
    const Fd server(accept(listener, nullptr, nullptr));
    EXPECT_EQ(peer_of(server), (Endpoint{Address::ipv4(kLoopback), *platform::local_port_of(client)}));
}

// A listener whose queue is full drops what comes: the next client waits for its first answer.
TEST(PlatformSocket, ThePeerIsKnownWhileTheConnectionIsBeingMade)
{
    for (const int domain : {AF_INET, AF_INET6}) {
        const Fd listener(domain, SOCK_STREAM);
        const std::uint16_t port =
            domain == AF_INET ? listen_on(listener, ipv4(0), 0) : listen_on(listener, ipv6(0), 0);
        const auto attempt = [&](int fd) {
            return domain == AF_INET ? connect(fd, generic(ipv4(port)), sizeof(sockaddr_in))
                                     : connect(fd, generic(ipv6(port)), sizeof(sockaddr_in6));
        };
        const Fd queued(domain, SOCK_STREAM);
        ASSERT_EQ(attempt(queued), 0);
        const Fd client(domain, SOCK_STREAM | SOCK_NONBLOCK);
        ASSERT_EQ(attempt(client), -1);
        ASSERT_EQ(errno, EINPROGRESS);
        sockaddr_in6 address{};
        socklen_t size = sizeof address;
        ASSERT_EQ(getpeername(client, reinterpret_cast<sockaddr*>(&address), &size), -1);  // why it is not used
        EXPECT_EQ(peer_of(client),
                  (Endpoint{domain == AF_INET ? Address::ipv4(kLoopback) : Address::ipv6(0, 1), port}));
    }
}

TEST(PlatformSocket, ThePeerIsGoneAfterAfUnspec)
{
    const Fd listener(AF_INET, SOCK_STREAM);
    const std::uint16_t port = listen_on(listener, ipv4(0));
    const Fd client(AF_INET, SOCK_STREAM);
    ASSERT_EQ(connect(client, generic(ipv4(port)), sizeof(sockaddr_in)), 0);
    const sockaddr_in nobody{};
    ASSERT_EQ(connect(client, generic(nobody), sizeof nobody), 0);
    EXPECT_EQ(peer_of(client), std::nullopt);
}

// The kernel forgets it as it reports the refusal: at once to a call that waits, later to one that does not.
TEST(PlatformSocket, APeerThatRefusedIsToldUntilTheProgramHasHeardOfIt)
{
    const Fd closed(AF_INET, SOCK_STREAM);
    const sockaddr_in free = ipv4(0);
    ASSERT_EQ(bind(closed, generic(free), sizeof free), 0);
    const sockaddr_in address = ipv4(*platform::local_port_of(closed));
    const Endpoint endpoint{Address::ipv4(kLoopback), *platform::local_port_of(closed)};

    const Fd waiting(AF_INET, SOCK_STREAM);
    ASSERT_EQ(connect(waiting, generic(address), sizeof address), -1);
    ASSERT_EQ(errno, ECONNREFUSED);
    EXPECT_EQ(peer_of(waiting), std::nullopt);

    const Fd asking(AF_INET, SOCK_STREAM | SOCK_NONBLOCK);
    ASSERT_EQ(connect(asking, generic(address), sizeof address), -1);
    ASSERT_EQ(errno, EINPROGRESS);
    EXPECT_EQ(peer_of(asking), endpoint);
    ASSERT_EQ(connect(asking, generic(address), sizeof address), -1);
    ASSERT_EQ(errno, ECONNREFUSED);
    EXPECT_EQ(peer_of(asking), std::nullopt);
}

TEST(PlatformSocket, SocketsOfOtherKindsHaveNoPeerOfOurs)
{
    int pair[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    const Fd one(pair[0]);
    const Fd other(pair[1]);
    EXPECT_EQ(peer_of(one), std::nullopt);
    EXPECT_EQ(platform::local_port_of(one), std::nullopt);
    EXPECT_EQ(peer_of(Fd(AF_INET, SOCK_DGRAM)), std::nullopt);
    EXPECT_EQ(peer_of(-1), std::nullopt);
    EXPECT_EQ(peer_of(STDIN_FILENO), std::nullopt);
    EXPECT_EQ(platform::local_port_of(-1), std::nullopt);
    EXPECT_FALSE(platform::is_listening(-1));
}

}  // namespace
}  // namespace kashim::test
