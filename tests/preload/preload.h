// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "support/process.h"
#include "support/values.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::test {

/// What the built-in configuration gives, and what a socket has that nobody touched (the namespace's sysctls decide).
inline constexpr Values kBuiltIn{.keepalive = 1, .idle = 60, .interval = 30, .count = 5, .user_timeout = 0};
Values untouched();

/// A small program of the folder programs. They are the ones of this build, for this machine and its C library, unless
/// KASHIM_PRELOAD_PROGRAMS names another folder: what is here asks the kernel, which is the same for all.
std::string program(std::string_view name);

/// The library that goes with them: libkashim.so beside them, else that of this build. And the small one that makes sockets
/// in its constructor.
std::string library();
std::string early_library();

/// What a run of a small program said: the lines about option values apart from all others.
std::string visible(const Result& result);
std::vector<Values> all_values(const Result& result, std::string_view name);

/// The values under that name where the program told them once. Fails the test otherwise.
Values values(const Result& result, std::string_view name);

/// A listener of the test that the programs connect to; its queue takes them without anybody accepting.
class Peer {
public:
    /// 127.0.0.1, or ::1 if the address has a colon.
    explicit Peer(const std::string& address = "127.0.0.1", int backlog = 128);
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    ~Peer();

    int fd() const { return fd_; }
    std::uint16_t port() const { return port_; }

private:
    int fd_;
    std::uint16_t port_;
};

/// Two connected TCP sockets of the test, on loopback.
class Connection {
public:
    Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    int near() const { return near_; }  ///< the accepted one
    std::uint16_t port() const { return listener_.port(); }

    /// Closes the near end here and reads what came to the far one until nobody has the near one any more.
    std::string all_that_arrives();

private:
    Peer listener_;
    int near_;
    int far_;
};

/// A step with the port of a peer (or any other number) in it: to("connect c", peer.port()).
std::string to(std::string_view words, int number);

std::string rule(std::string_view matchers, std::string_view values);
std::string rule_for_port(int port, std::string_view values);

/// One system call as strace(1) saw it.
struct Call {
    std::string name;
    std::string line;
};

std::vector<std::string> names(const std::vector<Call>& calls);
int count(const std::vector<Call>& calls, std::string_view name);

/// Runs small programs bare and with the library.
class Preload : public ::testing::Test {
protected:
    void SetUp() override;

    /// A child with the library and this configuration.
    Command with_library(std::string_view configuration, std::vector<std::string> arguments,
                         std::vector<std::string> environment = {});

    /// Runs both ways and expects that both ended with 0 and said the same. Gives what the preloaded one said.
    Result both(std::string_view configuration, std::vector<std::string> arguments,
                std::vector<std::string> environment = {});

    /// The same for the program "steps".
    Result steps(std::string_view configuration, std::vector<std::string> arguments,
                 std::vector<std::string> environment = {});

    /// What "steps" calls after the step "mark", with the library or without. None where tracing is not possible here.
    std::vector<Call> traced_bare(const std::vector<std::string>& arguments);
    std::vector<Call> traced(std::string_view configuration, const std::vector<std::string>& arguments);

    std::string configuration_file(std::string_view text);

    const TempDir& folder() const { return folder_; }

private:
    std::vector<Call> trace(std::vector<std::string> options, const std::vector<std::string>& arguments);

    TempDir folder_;
};

}  // namespace kashim::test
