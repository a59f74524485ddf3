// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kashim::test {

/// The test's own end of a TCP connection: blocking, but nothing waits longer than kDeadline.
class Connection {
public:
    explicit Connection(int fd) : fd_(fd) {}
    Connection(Connection&& other) noexcept;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    Connection& operator=(Connection&&) = delete;
    ~Connection();

    std::uint16_t local_port() const;
    void send(std::string_view text);

    /// Everything up to and including the text; what there was where the connection ended before.
    std::string receive_until(std::string_view text);

    /// Waits for the first bytes, whatever they are. False where the connection ended without any.
    bool receive_anything();

private:
    int fd_;
};

/// A listener of the test's own, which says nothing by itself. Its accepted sockets have the kernel's default values.
class Listener {
public:
    /// "127.0.0.1" or "::1", on a port the kernel chooses. Throws std::system_error.
    explicit Listener(const std::string& address);
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener();

    std::uint16_t port() const { return port_; }

    /// The next connection. Throws std::runtime_error where none comes.
    Connection accept();

private:
    int fd_;
    std::uint16_t port_ = 0;
};

/// Connects as soon as somebody listens there. Throws std::runtime_error where nobody does.
Connection connect_to(const std::string& address, std::uint16_t port);

/// Whether this machine has the address.
bool has_address(const std::string& address);

/// "127.0.0.1:80" and "[::1]:80".
std::string host_and_port(const std::string& address, std::uint16_t port);

}  // namespace kashim::test
