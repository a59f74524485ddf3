// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>

namespace kashim::test {

/// Sockets for tests and their children. Descriptors are plain numbers: whoever made them closes them, or ends.
/// All throw std::system_error.
inline constexpr int kMultipathTcp = 262;

int listen_on(const std::string& address, int protocol = IPPROTO_TCP, int backlog = 128, std::uint16_t port = 0);

/// To an address of this machine: "127.0.0.1", "::1", or "::ffff:127.0.0.1" for an IPv6 socket that speaks IPv4.
int connect_to_port(const std::string& address, std::uint16_t port, int protocol = IPPROTO_TCP);

/// Begins and does not wait.
int start_to_connect(const std::string& address, std::uint16_t port);

int accept_from(int listener);
std::uint16_t port_of(int fd);
std::uint64_t cookie_of(int fd);
std::uint32_t inode_of(int fd);
void set_option(int fd, int level, int name, int value);
void close_with_reset(int fd);

/// A listener with a connection, both of the same process.
struct Both {
    int listener;
    int client;
    int server;
    std::uint16_t port;  ///< of the listener
};
Both connected_on(const std::string& address, int protocol = IPPROTO_TCP);

}  // namespace kashim::test
