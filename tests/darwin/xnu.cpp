// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "xnu.h"
#include "xnu_names.h"

#include <netinet/tcp.h>
#include <sys/proc_info.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace kashim::test {
namespace {

int fail(int error)
{
    errno = error;
    return -1;
}

// What succeeds may leave anything in errno. Not so what the hooks pass on: there the program's own errno tells what
// became of it.
int succeed(int result = 0)
{
    errno = EILSEQ;
    return result;
}

// in6_embedded_scope in bsd/netinet6/in6.c: the interface of a link-local address is kept inside of it.
void embed_scope(in6_addr& address)
{
    if (address.s6_addr[0] == 0xfe && (address.s6_addr[1] & 0xc0) == 0x80)
        address.s6_addr[3] = 4;
}

Xnu running;

}  // namespace

Xnu& xnu()
{
    return running;
}

void boot()
{
    running = Xnu();
}

int Xnu::add(const XnuSocket& socket)
{
    sockets_[next_fd_] = socket;
    return next_fd_++;
}

XnuSocket* Xnu::find(int fd)
{
    const auto found = sockets_.find(fd);
    return found == sockets_.end() ? nullptr : &found->second;
}

int Xnu::socket(int family, int type)
{
    XnuSocket socket;
    socket.family = family;
    socket.type = type;
    return add(socket);
}

int Xnu::listener(std::uint16_t port, int family)
{
    const int fd = socket(family, SOCK_STREAM);
    (*this)[fd].state = XnuSocket::State::listening;
    (*this)[fd].local_port = port;
    return fd;
}

void Xnu::arrives(int listener, const policy::Endpoint& peer)
{
    queues_[listener].push_back(peer);
}

std::vector<std::string> Xnu::taken_calls()
{
    return std::exchange(calls_, {});
}

int Xnu::in_force(int set, const char* sysctl) const
{
    const int value = sysctls_.at(sysctl);
    return set > 0 ? set : std::string_view(sysctl).ends_with("cnt") ? value : value / 1000;
}

int Xnu::accept(int fd, sockaddr* peer, socklen_t* size)
{
    XnuSocket* const listener = find(fd);
    if (listener == nullptr)
        return fail(EBADF);
    if (listener->state != XnuSocket::State::listening)
        return fail(EINVAL);
    auto& queue = queues_[fd];
    if (queue.empty())
        return fail(EWOULDBLOCK);
    // sonewconn copies so_options; tcp_input copies t_keepcnt and t_keepintvl, but neither t_keepidle nor
    // t_rxt_conndroptime (kern/uipc_socket2.c, netinet/tcp_input.c).
    XnuSocket connection = *listener;
    connection.idle = 0;
    connection.drop_time = 0;
    connection.state = XnuSocket::State::established;
    connection.peer = queue.front();
    connection.armed = in_force(0, "net.inet.tcp.keepidle");
    queue.erase(queue.begin());
    if (std::exchange(resets_next_, false))
        connection.both_ways_shut = true;  // soisdisconnected
    const Name name(*connection.peer);
    if (peer != nullptr) {
        std::memcpy(peer, name.get(), std::min(*size, name.size));
        *size = name.size;
    }
    return add(connection);
}

int Xnu::connect(int fd, const sockaddr* peer, socklen_t size)
{
    XnuSocket* const socket = find(fd);
    if (socket == nullptr)
        return fail(EBADF);
    if (peer == nullptr || size < offsetof(sockaddr, sa_data))
        return fail(EINVAL);
    if (const int error = std::exchange(connect_error_, 0))
        return fail(error);
    if (socket->family == AF_UNIX)
        return 0;
    if (socket->state == XnuSocket::State::listening)
        return fail(EOPNOTSUPP);
    if (socket->state == XnuSocket::State::connecting)
        return fail(EALREADY);
    if (socket->state == XnuSocket::State::established)
        return fail(EISCONN);
    if (socket->state == XnuSocket::State::dead)
        return fail(EINVAL);
    socket->peer = endpoint_in(peer, socket->family);
    socket->local_port = 49152;
    socket->state = socket->nonblocking ? XnuSocket::State::connecting : XnuSocket::State::established;
    socket->armed = in_force(socket->idle, "net.inet.tcp.keepidle");
    return socket->nonblocking ? fail(EINPROGRESS) : 0;
}

int Xnu::name_of(int fd, bool peer, sockaddr* address, socklen_t* size)
{
    XnuSocket* const socket = find(fd);
    if (socket == nullptr)
        return fail(EBADF);
    if (peer && socket->both_ways_shut)
        return fail(EINVAL);
    if (peer && socket->state != XnuSocket::State::established)
        return fail(ENOTCONN);
    Name name(peer ? *socket->peer : policy::Endpoint{policy::Address::ipv4(0), socket->local_port});
    if (socket->family == AF_UNIX)
        name.get()->sa_family = AF_UNIX;
    std::memcpy(address, name.get(), std::min(*size, name.size));
    *size = name.size;
    return succeed();
}

int* Xnu::option(XnuSocket& socket, int name)
{
    switch (name) {
    case TCP_KEEPALIVE:
        return &socket.idle;
    case TCP_KEEPINTVL:
        return &socket.interval;
    case TCP_KEEPCNT:
        return &socket.count;
    case TCP_RXT_CONNDROPTIME:
        return &socket.drop_time;
    default:
        return nullptr;
    }
}

int Xnu::getsockopt(int fd, int level, int name, void* value, socklen_t* size)
{
    XnuSocket* const socket = find(fd);
    if (socket == nullptr)
        return fail(EBADF);
    // The length is copied in first. Below the first page nothing is ever mapped.
    if (value != nullptr && reinterpret_cast<std::uintptr_t>(size) < 4096)
        return fail(EFAULT);
    int number = 0;
    if (level == SOL_SOCKET) {
        if (name != SO_KEEPALIVE)
            return fail(ENOPROTOOPT);  // SO_ACCEPTCONN too
        number = socket->keepalive ? SO_KEEPALIVE : 0;
    } else {
        if (!socket->is_tcp())
            return fail(EINVAL);
        if (socket->state == XnuSocket::State::dead)
            return fail(ECONNRESET);
        const int* const set = option(*socket, name);
        if (set == nullptr)
            return fail(ENOPROTOOPT);
        number = name == TCP_KEEPALIVE   ? in_force(*set, "net.inet.tcp.keepidle")
                 : name == TCP_KEEPINTVL ? in_force(*set, "net.inet.tcp.keepintvl")
                 : name == TCP_KEEPCNT   ? in_force(*set, "net.inet.tcp.keepcnt")
                                         : *set;
    }
    std::memcpy(value, &number, sizeof number);
    *size = sizeof number;
    return succeed();
}

int Xnu::set(XnuSocket& socket, int level, int name, int number)
{
    if (std::exchange(resets_at_set_, false))
        socket.both_ways_shut = true;
    if (socket.both_ways_shut)
        return EINVAL;  // "the socket has been shutdown, no more sockopt's" (sosetoptlock)
    if (const auto refused = refused_.find(name); refused != refused_.end())
        return refused->second;
    if (level == SOL_SOCKET) {
        if (name == SO_KEEPALIVE)
            socket.keepalive = number != 0;
        return 0;
    }
    if (!socket.is_tcp())
        return EINVAL;
    if (socket.state == XnuSocket::State::dead)
        return ECONNRESET;
    if (name == TCP_NODELAY)
        return 0;
    int* const set = option(socket, name);
    if (set == nullptr)
        return ENOPROTOOPT;
    if (number < 0)
        return EINVAL;
    *set = number;
    if (name == TCP_KEEPALIVE && socket.state == XnuSocket::State::established)
        socket.armed = in_force(number, "net.inet.tcp.keepidle");
    return 0;
}

int Xnu::setsockopt(int fd, int level, int name, const void* value, socklen_t size)
{
    XnuSocket* const socket = find(fd);
    if (socket == nullptr)
        return fail(EBADF);
    int number = 0;
    if (size < sizeof number)
        return fail(EINVAL);
    if (reinterpret_cast<std::uintptr_t>(value) < 4096)
        return fail(EFAULT);
    std::memcpy(&number, value, sizeof number);
    const int error = set(*socket, level, name, number);
    calls_.push_back(name_of_option(level, name) + "=" + std::to_string(number) +
                     (error != 0 ? name_of_error(error) : ""));
    return error != 0 ? fail(error) : 0;
}

int Xnu::proc_pidfdinfo(int fd, void* buffer, int size)
{
    const XnuSocket* const socket = find(fd);
    if (hides_)
        return fail(EPERM), 0;
    if (socket == nullptr)
        return fail(EBADF), 0;
    socket_fdinfo info{};
    if (size < int{sizeof info})
        return fail(ENOMEM), 0;
    info.psi.soi_family = socket->family;
    info.psi.soi_kind = socket->family == AF_UNIX                                     ? SOCKINFO_UN
                        : socket->is_tcp() && socket->state != XnuSocket::State::dead ? SOCKINFO_TCP
                                                                                      : SOCKINFO_IN;
    if (socket->state == XnuSocket::State::listening)
        info.psi.soi_options |= SO_ACCEPTCONN;
    if (socket->both_ways_shut)
        info.psi.soi_state = SOI_S_CANTRCVMORE | SOI_S_CANTSENDMORE;
    in_sockinfo& internet = info.psi.soi_proto.pri_tcp.tcpsi_ini;
    internet.insi_lport = htons(socket->local_port);
    if (socket->peer) {
        internet.insi_fport = htons(socket->peer->port);
        const bool ipv4 = socket->peer->address.family == policy::Address::Family::ipv4;
        internet.insi_vflag = ipv4 ? INI_IPV4 : INI_IPV6;
        const Name name(*socket->peer);
        if (ipv4)
            internet.insi_faddr.ina_46.i46a_addr4 = reinterpret_cast<const sockaddr_in*>(name.get())->sin_addr;
        else
            internet.insi_faddr.ina_6 = reinterpret_cast<const sockaddr_in6*>(name.get())->sin6_addr;
        if (!ipv4)
            embed_scope(internet.insi_faddr.ina_6);
    }
    std::memcpy(buffer, &info, sizeof info);
    return succeed(sizeof info);
}

int Xnu::sysctlbyname(const std::string& name, void* value, std::size_t* size)
{
    const auto found = sysctls_.find(name);
    if (found == sysctls_.end())
        return fail(ENOENT);
    std::memcpy(value, &found->second, sizeof(int));
    *size = sizeof(int);
    return succeed();
}

}  // namespace kashim::test
