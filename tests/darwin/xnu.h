// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The sockets of macOS's kernel, as far as keepalive goes, as its sources say (xnu-11417, bsd/): what nothing but a Mac
// could run. The system calls of sys/socket.h here lead to it.
#pragma once

#include "policy/endpoint.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kashim::test {

struct XnuSocket {
    enum class State { fresh, listening, connecting, established, dead };

    int family = AF_INET;
    int type = SOCK_STREAM;
    State state = State::fresh;
    bool nonblocking = false;
    bool both_ways_shut = false;
    std::uint16_t local_port = 0;
    std::optional<policy::Endpoint> peer;

    bool keepalive = false;
    // In seconds; 0 is unset, and follows sysctl (tcp_ctloutput in netinet/tcp_usrreq.c).
    int idle = 0;
    int interval = 0;
    int count = 0;
    int drop_time = 0;
    /// When the keepalive timer goes off first, counted from the establishment: armed then, and by TCP_KEEPALIVE.
    int armed = 0;

    bool is_tcp() const { return type == SOCK_STREAM && (family == AF_INET || family == AF_INET6); }
};

class Xnu {
public:
    int socket(int family, int type);

    /// A listening TCP socket.
    int listener(std::uint16_t port, int family = AF_INET);

    /// A socket that was there when the program began, on this number.
    void put(int fd, const XnuSocket& socket) { sockets_[fd] = socket; }

    /// The next accept() of the listener gets a connection of this peer.
    void arrives(int listener, const policy::Endpoint& peer);

    /// accept() and what comes after it find that the peer has reset the connection.
    void reset_next_peer() { resets_next_ = true; }

    /// The next setsockopt() comes just after the peer has reset the connection.
    void reset_peer_at_next_set() { resets_at_set_ = true; }

    /// The errno that the next connect() gives before a packet is sent; 0 for none.
    void refuse_next_connect(int error) { connect_error_ = error; }

    /// A setsockopt() that a socket filter or a sandbox refuses.
    void refuse(int name, int error) { refused_[name] = error; }

    /// Without proc_pidfdinfo, as in a sandbox.
    void hide_process_information() { hides_ = true; }

    /// In ms, as macOS counts them: net.inet.tcp.keepidle.
    void sysctl(const std::string& name, int value) { sysctls_[name] = value; }

    XnuSocket& operator[](int fd) { return sockets_.at(fd); }

    /// Every setsockopt() since the last time: "SO_KEEPALIVE=1", and " EINVAL" behind it where it failed.
    std::vector<std::string> taken_calls();

    /// Which of our calls led to the kernel, by the name of the symbol: "connect$NOCANCEL".
    std::vector<std::string> entered;

    // What the system calls do: 0 or more, or -1 and errno.
    int accept(int fd, sockaddr* peer, socklen_t* size);
    int connect(int fd, const sockaddr* peer, socklen_t size);
    int name_of(int fd, bool peer, sockaddr* address, socklen_t* size);
    int getsockopt(int fd, int level, int name, void* value, socklen_t* size);
    int setsockopt(int fd, int level, int name, const void* value, socklen_t size);
    int proc_pidfdinfo(int fd, void* buffer, int size);
    int sysctlbyname(const std::string& name, void* value, std::size_t* size);

private:
    int add(const XnuSocket& socket);
    XnuSocket* find(int fd);
    int in_force(int set, const char* sysctl) const;
    int* option(XnuSocket& socket, int name);
    int set(XnuSocket& socket, int level, int name, int number);

    std::map<int, XnuSocket> sockets_;
    std::map<int, std::vector<policy::Endpoint>> queues_;
    std::map<int, int> refused_;
    std::map<std::string, int> sysctls_{
        {"net.inet.tcp.keepidle", 7'200'000}, {"net.inet.tcp.keepintvl", 75'000}, {"net.inet.tcp.keepcnt", 8}};
    std::vector<std::string> calls_;
    int next_fd_ = 3;
    int connect_error_ = 0;
    bool resets_next_ = false;
    bool resets_at_set_ = false;
    bool hides_ = false;
};

/// The kernel that the system calls lead to.
Xnu& xnu();

/// Takes another, fresh one.
void boot();

/// The socket address of an endpoint, as a program makes it: sa_len is whatever was there.
struct Name {
    explicit Name(const policy::Endpoint& endpoint);
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }

    sockaddr_storage storage{};
    socklen_t size = 0;
};

}  // namespace kashim::test
