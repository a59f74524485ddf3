// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "programs/guard.h"
#include "programs/loopback.h"
#include "programs/pipe.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <system_error>
#include <vector>

namespace kashim::test {

/// The socket at which a service manager listens, as NOTIFY_SOCKET names it: a path, or @ and an abstract name.
class NotifySocket {
public:
    explicit NotifySocket(const std::string& name)
    {
        fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        if (name[0] == '@')
            address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0)
            throw std::system_error(errno, std::generic_category(), name);
    }
    NotifySocket(const NotifySocket&) = delete;
    NotifySocket& operator=(const NotifySocket&) = delete;
    ~NotifySocket() { ::close(fd_); }

    /// The next message; "nothing" where none comes.
    std::string next(std::chrono::milliseconds deadline = kDeadline)
    {
        pollfd ready{fd_, POLLIN, 0};
        if (::poll(&ready, 1, static_cast<int>(deadline.count())) != 1)
            return "nothing";
        std::array<char, 4096> memory{};
        const ssize_t size = ::recv(fd_, memory.data(), memory.size(), 0);
        return {memory.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    }

    /// The next one that starts so.
    std::string next_with(const std::string& start)
    {
        std::string message;
        do
            message = next();
        while (!message.starts_with(start) && message != "nothing");
        return message;
    }

private:
    int fd_ = -1;
};

/// Connects, says so, and holds the connection until its standard input ends.
inline std::vector<std::string> holder(std::uint16_t port)
{
    return {built("visitor"), std::to_string(port)};
}

/// kashim guard as a service, with a program that has one connection.
class GuardServiceTest : public testing::Test {
protected:
    std::vector<std::string> guard_of(pid_t pid, std::vector<std::string> more = {}) const
    {
        more.push_back(std::to_string(pid));
        return guard(directory_, in_a_hurry(kDefaultsTable), more);
    }

    std::string socket_path() const { return directory_ / "notify"; }

    /// A program with one connection, which is there when this returns.
    Process start_holder()
    {
        Process process({.arguments = holder(listener_.port()), .descriptors = {{keyboard_.read_end(), 0}}});
        EXPECT_TRUE(process.says("connected"));
        return process;
    }

    const TempDir directory_;
    const Listener listener_{"127.0.0.1"};
    Pipe keyboard_;
};

}  // namespace kashim::test
