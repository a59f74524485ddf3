// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace kashim::test {

/// A machine of the network: the program under test is usually at `near`, its peer at `far`.
enum class Node : std::uint8_t { near, router, far };

/// What a router answers with: ICMP type 3, and its likes of ICMPv6 type 1.
enum class Unreachable : std::uint8_t { net, host, port };

/// Two hosts and a router between them, each a network namespace, joined by cables (veth), with IPv4 and IPv6.
///
/// The constructor leaves the calling process, which must have one thread, in the router for the rest of its life;
/// several objects in one process are networks that do not know each other. Sockets and children belong to the node in
/// which they were made, see in(). Needs nft, ip, and either privilege or unprivileged user namespaces.
class Hosts {
public:
    Hosts();
    Hosts(const Hosts&) = delete;
    Hosts& operator=(const Hosts&) = delete;
    ~Hosts();

    /// Why there is no network here; empty where there is one. For KASHIM_NEEDS_WIRE.
    const std::string& missing() const { return missing_; }

    static std::string ipv4(Node host) { return host == Node::near ? "10.1.0.2" : "10.2.0.2"; }
    static std::string ipv6(Node host) { return host == Node::near ? "fd00:1::2" : "fd00:2::2"; }

    /// Calls work() with the calling process in that node: a Process, a Listener or a Connection made there is at home
    /// there. hosts.in(Node::near, [&] { return Process(command); })
    template <typename Work>
    auto in(Node node, Work work)
    {
        const Visit visit(namespaces_[index(node)]);
        return work();
    }

    /// The router forwards nothing, or nothing that this host sends, and says nothing of it.
    void drop();
    void drop_from(Node host);

    /// The router answers what `near` sends to `far` with ICMP, at no limited rate, and drops what `far` sends.
    void answer_unreachable(Unreachable what);

    /// Pulls the host's cable out of the router: the host's card has no carrier, the router no route to it.
    void unplug(Node host);

    void remove_default_routes(Node host);
    void remove_addresses(Node host);

    /// The cable first, so that no farewell gets out; then every process of the host is killed and the host is gone.
    void power_off(Node host);

    /// The same address again, nothing of what was before.
    void power_on(Node host);

    /// Everything is as it was at first, except what ran on a host that lost its power.
    void restore();

    /// One of the kernel's counters at that node, see kernel_counter().
    int counter(Node node, const std::string& name);

    /// Keepalive probes that this host has sent so far.
    int probes(Node host) { return counter(host, "TcpExtTCPKeepAlive"); }

private:
    class Visit {
    public:
        explicit Visit(int target);
        Visit(const Visit&) = delete;
        Visit& operator=(const Visit&) = delete;
        ~Visit();

    private:
        int home_;
    };

    static std::size_t index(Node node) { return static_cast<std::size_t>(node); }
    void configure(Node host);
    void forward_unless(const std::string& rules);

    int namespaces_[3] = {-1, -1, -1};
    std::string missing_;
};

}  // namespace kashim::test
