// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/socket_darwin.h"

#include <arpa/inet.h>
#include <libproc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/proc_info.h>
#include <unistd.h>

#include <cerrno>

namespace kashim::platform {
namespace {

// The kernel keeps the interface of a link-local address inside of it (in6_embedded_scope in netinet6/in6.c).
policy::Address without_scope(in6_addr address)
{
    if (address.s6_addr[0] == 0xfe && (address.s6_addr[1] & 0xc0) == 0x80)
        address.s6_addr[2] = address.s6_addr[3] = 0;
    return policy::Address::from_bytes(address.s6_addr, policy::Address::Family::ipv6);
}

std::uint16_t port_of(int network_order)
{
    return ntohs(static_cast<std::uint16_t>(network_order));
}

std::optional<policy::Endpoint> peer_in(const in_sockinfo& info)
{
    if (info.insi_fport == 0)
        return std::nullopt;
    // An IPv6 socket that reaches an IPv4 peer has that address and that flag.
    if ((info.insi_vflag & INI_IPV4) != 0)
        return policy::Endpoint{policy::Address::ipv4(ntohl(info.insi_faddr.ina_46.i46a_addr4.s_addr)),
                                port_of(info.insi_fport)};
    return policy::Endpoint{without_scope(info.insi_faddr.ina_6), port_of(info.insi_fport)};
}

bool is_internet(int family)
{
    return family == AF_INET || family == AF_INET6;
}

// An address that the kernel tells; nothing where there is none.
template <typename Ask>
std::optional<policy::Endpoint> told_by(Ask ask, int fd)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (ask(fd, generic, &size) != 0 || !is_internet(generic->sa_family))
        return std::nullopt;
    return endpoint_of(generic, size);
}

// No other kind of socket over IP answers for this (ip_ctloutput in netinet/ip_output.c).
bool has_keepalive_time(int fd)
{
    int number = 0;
    socklen_t size = sizeof number;
    return getsockopt(fd, IPPROTO_TCP, TCP_KEEPALIVE, &number, &size) == 0;
}

SocketFacts facts_without_process_information(int fd)
{
    SocketFacts facts;
    const auto local = told_by(getsockname, fd);
    if (!local || !has_keepalive_time(fd))
        return facts;
    facts.tcp = true;
    facts.local_port = local->port;
    facts.peer = told_by(getpeername, fd);
    return facts;
}

}  // namespace

SocketFacts facts_of(int fd)
{
    constexpr int kShut = SOI_S_CANTRCVMORE | SOI_S_CANTSENDMORE;
    socket_fdinfo info{};
    const int size = proc_pidfdinfo(getpid(), fd, PROC_PIDFDSOCKETINFO, &info, sizeof info);
    if (size < int{sizeof info})
        return errno == EBADF || errno == ENOTSOCK ? SocketFacts{} : facts_without_process_information(fd);
    const socket_info& socket = info.psi;
    if (socket.soi_kind != SOCKINFO_TCP || !is_internet(socket.soi_family) || (socket.soi_state & kShut) == kShut)
        return {};
    const in_sockinfo& internet = socket.soi_proto.pri_tcp.tcpsi_ini;
    return {true, (socket.soi_options & SO_ACCEPTCONN) != 0, port_of(internet.insi_lport), peer_in(internet)};
}

}  // namespace kashim::platform
