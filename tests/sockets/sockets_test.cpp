// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/child.h"
#include "sockets/ends.h"
#include "sockets/listeners.h"
#include "sockets/namespaces.h"
#include "sockets/sockets.h"
#include "support/process.h"

#include <gtest/gtest.h>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace kashim::test {
namespace {

using policy::Address;
using policy::Endpoint;
using sockets::Detail;
using sockets::Socket;
using sockets::TcpState;

std::vector<Socket> listed(Detail detail = Detail::plain)
{
    sockets::Namespaces namespaces;
    std::vector<Socket> sockets;
    EXPECT_EQ(namespaces.own().there->sock_diag().list(sockets, detail), 0);
    return sockets;
}

std::vector<Socket> with_inode(const std::vector<Socket>& sockets, std::uint32_t inode)
{
    std::vector<Socket> found;
    std::ranges::copy_if(sockets, std::back_inserter(found), [inode](const Socket& s) { return s.inode == inode; });
    return found;
}

std::optional<Socket> find(int fd, Detail detail = Detail::plain)
{
    const std::vector<Socket> found = with_inode(listed(detail), inode_of(fd));
    EXPECT_LE(found.size(), 1u);
    return found.empty() ? std::nullopt : std::optional(found.front());
}

Endpoint loopback(std::uint16_t port, Address::Family family = Address::Family::ipv4)
{
    return {Address::loopback(family), port};
}

TEST(LiveSockets, TellsAnIpv4ConnectionByItsEndsItsStateAndItsCookie)
{
    const Both both = connected_on("127.0.0.1");
    const auto client = find(both.client);
    ASSERT_TRUE(client);
    EXPECT_EQ(client->cookie, cookie_of(both.client));
    EXPECT_EQ(client->uid, getuid());
    EXPECT_EQ(client->state, TcpState::established);
    EXPECT_EQ(client->local, loopback(port_of(both.client)));
    EXPECT_EQ(client->peer, loopback(both.port));
    EXPECT_FALSE(client->multipath);
    const auto server = find(both.server);
    ASSERT_TRUE(server);
    EXPECT_EQ(server->local, loopback(both.port));
    EXPECT_EQ(server->peer, loopback(port_of(both.client)));
    for (const int fd : {both.client, both.server, both.listener})
        ::close(fd);
}

TEST(LiveSockets, TellsAnIpv6ConnectionByItsEnds)
{
    const Both both = connected_on("::1");
    const auto client = find(both.client);
    ASSERT_TRUE(client);
    EXPECT_EQ(client->cookie, cookie_of(both.client));
    EXPECT_EQ(client->local, loopback(port_of(both.client), Address::Family::ipv6));
    EXPECT_EQ(client->peer, loopback(both.port, Address::Family::ipv6));
    for (const int fd : {both.client, both.server, both.listener})
        ::close(fd);
}

TEST(LiveSockets, TellsAnIpv6SocketThatSpeaksIpv4AsIpv4)
{
    const int listener = listen_on("::");
    const int client = connect_to_port("::ffff:127.0.0.1", port_of(listener));
    const int server = accept_from(listener);
    const auto found = find(client);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->peer, loopback(port_of(listener)));
    const auto other = find(server);
    ASSERT_TRUE(other);
    EXPECT_EQ(other->local, loopback(port_of(listener)));
    for (const int fd : {client, server, listener})
        ::close(fd);
}

TEST(LiveSockets, TellsOfAListenerWhetherItTakesIpv4Too)
{
    const int both = listen_on("::");
    const int only = ::socket(AF_INET6, SOCK_STREAM, 0);
    set_option(only, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    ASSERT_EQ(::listen(only, 1), 0);
    const auto dual = find(both);
    const auto single = find(only);
    ASSERT_TRUE(dual && single);
    EXPECT_EQ(dual->state, TcpState::listen);
    EXPECT_EQ(dual->peer.port, 0);
    EXPECT_FALSE(dual->only_ipv6);
    EXPECT_TRUE(single->only_ipv6);
    ::close(both);
    ::close(only);
}

TEST(LiveSockets, TellsAMultipathSocketOnceAndAsTheProgramsOwn)
{
    Both both{};
    try {
        both = connected_on("127.0.0.1", kMultipathTcp);
    } catch (const std::exception&) {
        GTEST_SKIP() << "this kernel has no Multipath TCP";
    }
    set_option(both.client, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(both.client, IPPROTO_TCP, TCP_KEEPIDLE, 500);
    const std::vector<Socket> sockets = listed(Detail::with_silence);
    for (const int fd : {both.client, both.server, both.listener}) {
        const std::vector<Socket> found = with_inode(sockets, inode_of(fd));
        ASSERT_EQ(found.size(), 1u) << "a subflow has the inode of its socket";
        EXPECT_EQ(found[0].cookie, cookie_of(fd));
        EXPECT_TRUE(found[0].multipath);
    }
    const Socket client = with_inode(sockets, inode_of(both.client)).front();
    EXPECT_EQ(client.timer.kind, sockets::Timer::Kind::keepalive) << "the subflow's";
    EXPECT_LE(client.timer.expires, std::chrono::seconds(500));
    EXPECT_TRUE(client.silence);
    for (const int fd : {both.client, both.server, both.listener})
        ::close(fd);
}

TEST(LiveSockets, TellsTheTimerThatRuns)
{
    const Both both = connected_on("127.0.0.1");
    EXPECT_EQ(find(both.client)->timer.kind, sockets::Timer::Kind::none);
    set_option(both.client, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(both.client, IPPROTO_TCP, TCP_KEEPIDLE, 1000);
    const auto client = find(both.client);
    EXPECT_EQ(client->timer.kind, sockets::Timer::Kind::keepalive);
    EXPECT_LE(client->timer.expires, std::chrono::seconds(1000));
    EXPECT_GT(client->timer.expires, std::chrono::seconds(1000) - kDeadline);
    for (const int fd : {both.client, both.server, both.listener})
        ::close(fd);
}

TEST(LiveSockets, CountsTheSilenceWhereItIsAskedFor)
{
    const Both both = connected_on("127.0.0.1");
    EXPECT_FALSE(find(both.client)->silence);
    EXPECT_TRUE(
        eventually([&] { return find(both.client, Detail::with_silence)->silence >= std::chrono::milliseconds(50); }));
    ASSERT_EQ(::write(both.server, "x", 1), 1);
    EXPECT_TRUE(eventually([&] { return find(both.client)->receive_queue == 1; }));
    EXPECT_LT(*find(both.client, Detail::with_silence)->silence, kDeadline);
    for (const int fd : {both.client, both.server, both.listener})
        ::close(fd);
}

TEST(LiveSockets, TellsConnectionsThatAreBeginningAndThatThePeerHasClosed)
{
    // A full queue: the kernel drops what comes, and the client goes on asking.
    const int listener = listen_on("127.0.0.1", IPPROTO_TCP, 0);
    const int first = connect_to_port("127.0.0.1", port_of(listener));
    const int second = start_to_connect("127.0.0.1", port_of(listener));
    EXPECT_TRUE(eventually([&] { return find(first)->state == TcpState::established; }));
    const auto beginning = find(second);
    ASSERT_TRUE(beginning);
    EXPECT_EQ(beginning->state, TcpState::syn_sent);
    EXPECT_EQ(sockets::to_text(beginning->state), "SYN-SENT");

    ::close(accept_from(listener));
    EXPECT_TRUE(eventually([&] { return find(first)->state == TcpState::close_wait; }));
    EXPECT_EQ(sockets::to_text(TcpState::close_wait), "CLOSE-WAIT");
    for (const int fd : {first, second, listener})
        ::close(fd);
}

TEST(LiveSockets, LeavesOutWhatNoDescriptorLeadsToUnlessEverythingIsAskedFor)
{
    const int listener = listen_on("127.0.0.1");
    const int client = connect_to_port("127.0.0.1", port_of(listener));
    const auto waits_to_be_accepted = [&](const Socket& s) {
        return s.state != TcpState::listen && s.local.port == port_of(listener);
    };
    EXPECT_TRUE(std::ranges::none_of(listed(), waits_to_be_accepted));
    const std::vector<Socket> everything = listed(Detail::everything);
    const auto waiting = std::ranges::find_if(everything, waits_to_be_accepted);
    ASSERT_NE(waiting, everything.end());
    EXPECT_EQ(waiting->inode, 0u);
    ::close(client);
    ::close(listener);
}

TEST(LiveSockets, DoesNotListASocketThatWasNeverConnected)
{
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_FALSE(find(fd, Detail::everything));
    ::close(fd);
}

TEST(LiveSockets, ListsThousandsWithoutLosingOrDoublingAny)
{
    const int listener = listen_on("127.0.0.1");
    std::vector<std::pair<std::uint64_t, int>> made;
    for (int i = 0; i < 2000; ++i) {
        const int fd = connect_to_port("127.0.0.1", port_of(listener));
        made.emplace_back(cookie_of(fd), fd);
        ::close(accept_from(listener));
    }
    std::vector<std::uint64_t> cookies;
    for (const Socket& socket : listed())
        cookies.push_back(socket.cookie);
    std::ranges::sort(cookies);
    EXPECT_EQ(std::ranges::adjacent_find(cookies), cookies.end());
    for (const auto& [cookie, fd] : made) {
        EXPECT_TRUE(std::ranges::binary_search(cookies, cookie));
        close_with_reset(fd);
    }
    ::close(listener);
}

Socket listener_at(Address address, std::uint16_t port, bool only_ipv6 = false)
{
    Socket socket;
    socket.state = TcpState::listen;
    socket.local = {address, port};
    socket.only_ipv6 = only_ipv6;
    return socket;
}

TEST(LiveListeners, AcceptOnTheirOwnAddressOrOnEveryOne)
{
    const Address any4 = Address::ipv4(0), any6 = Address::ipv6(0, 0);
    const Address one4 = Address::ipv4(0x0a000001), two4 = Address::ipv4(0x0a000002);
    const Address one6 = Address::ipv6(1, 1);
    const std::vector<Socket> sockets{listener_at(any4, 1), listener_at(any6, 2), listener_at(any6, 3, true),
                                      listener_at(one4, 4), listener_at(one6, 5), listener_at(two4, 4)};
    const sockets::Listeners listeners(sockets);
    EXPECT_TRUE(listeners.could_accept({one4, 1}));
    EXPECT_FALSE(listeners.could_accept({one6, 1}));
    EXPECT_TRUE(listeners.could_accept({one4, 2}));
    EXPECT_TRUE(listeners.could_accept({one6, 2}));
    EXPECT_FALSE(listeners.could_accept({one4, 3}));
    EXPECT_TRUE(listeners.could_accept({one6, 3}));
    EXPECT_TRUE(listeners.could_accept({one4, 4}));
    EXPECT_TRUE(listeners.could_accept({two4, 4}));
    EXPECT_FALSE(listeners.could_accept({Address::ipv4(0x0a000003), 4}));
    EXPECT_TRUE(listeners.could_accept({one6, 5}));
    EXPECT_FALSE(listeners.could_accept({one4, 6}));
    EXPECT_FALSE(sockets::Listeners().could_accept({one4, 1}));
}

}  // namespace
}  // namespace kashim::test
