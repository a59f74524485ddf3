// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace kashim::test {

/// The five options as the kernel tells them, deliberately not the types of the code under test. -1: it refused.
struct Values {
    int keepalive = 0;  ///< 0 or 1
    int idle = 7200;    ///< s
    int interval = 75;  ///< s
    int count = 9;
    int user_timeout = 0;  ///< ms

    friend bool operator==(const Values&, const Values&) = default;
};

std::ostream& operator<<(std::ostream& stream, const Values& values);

/// Of a socket of this process. Throws std::system_error where the descriptor is none.
Values values_of(int fd);

/// A TCP socket (IPv4 or IPv6, MPTCP too) of a process.
struct TcpSocket {
    int fd = -1;  ///< its number in that process
    bool listening = false;
    std::string local_address;  ///< as inet_ntop writes it; IPv4-mapped IPv6 as IPv4
    std::uint16_t local_port = 0;
    std::string peer_address;  ///< empty where there is none
    std::uint16_t peer_port = 0;
    Values values;
};

std::ostream& operator<<(std::ostream& stream, const TcpSocket& socket);

/// The sockets of a running process, taken with pidfd_getfd(2) one by one and given back: nothing is set. Needs the
/// same uid or CAP_SYS_PTRACE, and Linux 5.6. What closes meanwhile is left out; throws std::system_error where
/// the process is gone or may not be looked at.
std::vector<TcpSocket> tcp_sockets(pid_t pid);

/// The values of descriptor `fd` of process `pid`.
Values values_of(pid_t pid, int fd);

/// The first socket of the process that is connected to the port, and that listens on it.
std::optional<TcpSocket> socket_connected_to(pid_t pid, std::uint16_t peer_port);
std::optional<TcpSocket> socket_listening_on(pid_t pid, std::uint16_t port);

/// The connection that came in on the port.
std::optional<TcpSocket> socket_accepted_on(pid_t pid, std::uint16_t port);

}  // namespace kashim::test
