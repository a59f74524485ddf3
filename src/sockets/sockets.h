// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/descriptor.h"
#include "policy/endpoint.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kashim::sockets {

/// The states in which a socket has something to tell (RFC 9293 3.3.2; the numbers are the kernel's, net/tcp_states.h).
/// Not here: SYN-RECEIVED and TIME-WAIT, which no program holds, and CLOSED: sockets that were never connected, or are
/// no longer, are in no table of the kernel's.
enum class TcpState : std::uint8_t {
    established = 1,
    syn_sent = 2,
    fin_wait_1 = 4,
    fin_wait_2 = 5,
    close_wait = 8,
    last_ack = 9,
    listen = 10,
    closing = 11,
};

/// As RFC 9293 writes it: "ESTABLISHED", "CLOSE-WAIT".
std::string_view to_text(TcpState state);

/// The timer that runs on a socket. The kernel tells one: while data waits for an acknowledgement that is not the
/// keepalive timer, though probing is on (inet_sk_diag_fill in net/ipv4/inet_diag.c).
struct Timer {
    enum class Kind : std::uint8_t { none, retransmit, keepalive, window_probe, other };

    Kind kind = Kind::none;
    std::uint8_t sent = 0;  ///< retransmissions, or probes that nobody answered yet
    std::chrono::milliseconds expires{0};
};

/// A TCP socket as the kernel lists it. Multipath TCP (RFC 8684): the socket of the program, never its subflows, which
/// have the same inode; its timer and its silence are those of the subflow whose timer ends first.
struct Socket {
    std::uint64_t cookie = 0;  ///< SO_COOKIE: one socket's alone, for good
    std::uint32_t inode = 0;   ///< as in /proc/PID/fd; 0: no descriptor, it waits to be accepted or was closed
    std::uint32_t uid = 0;     ///< of who made it
    TcpState state = TcpState::established;
    bool multipath = false;
    bool only_ipv6 = false;  ///< of a listener: IPV6_V6ONLY
    policy::Endpoint local;
    policy::Endpoint peer;  ///< of a listener: port 0
    Timer timer;
    std::uint32_t receive_queue = 0;  ///< bytes that the program has not read; of a listener: connections to accept
    std::uint32_t send_queue = 0;     ///< bytes not acknowledged; of a listener: the backlog
    std::optional<std::chrono::milliseconds> silence;  ///< nothing came for so long: what the keepalive timer counts
};

/// How much is asked for. with_silence makes a list three times as long to read; everything has silence too, and the
/// sockets that no descriptor leads to (inode 0): connections that wait to be accepted, and what a program has closed
/// but the kernel has not finished.
enum class Detail : std::uint8_t { plain, with_silence, everything };

/// Lists the TCP sockets of one network namespace (sock_diag(7)). Anybody may; every user's are listed.
class SockDiag {
public:
    /// An AF_NETLINK socket for NETLINK_SOCK_DIAG that was made in the namespace.
    explicit SockDiag(platform::Descriptor netlink);

    /// Puts them, IPv4 and IPv6, at the end of sockets, one for each inode. A list that changed while it was read
    /// (NLM_F_DUMP_INTR) is asked for again. Returns 0 or errno.
    int list(std::vector<Socket>& sockets, Detail detail);

private:
    platform::Descriptor netlink_;
    std::uint32_t sequence_ = 0;
    std::vector<char> buffer_;
};

}  // namespace kashim::sockets
