// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "wire/hosts.h"

#include "programs/debian.h"
#include "support/process.h"
#include "wire/namespaces.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace kashim::test {
namespace {

int this_network()
{
    const int fd = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        throw std::system_error(errno, std::generic_category(), "/proc/self/ns/net");
    return fd;
}

/// The router's end of the cable is called as the host at the other end is.
std::string name_of(Node host)
{
    return host == Node::near ? "near" : "far";
}

std::string router_ipv4(Node host)
{
    return host == Node::near ? "10.1.0.1" : "10.2.0.1";
}

std::string router_ipv6(Node host)
{
    return host == Node::near ? "fd00:1::1" : "fd00:2::1";
}

/// Duplicate address detection keeps an IPv6 address from use for a second or two, the link-local one too, without
/// which a router cannot ask for its neighbours. A device takes this when it is made.
void use_addresses_at_once()
{
    for (const char* which : {"all", "default"})
        write_file("/proc/sys/net/ipv6/conf/" + std::string(which) + "/accept_dad", "0");
}

/// Every change is a "replace", so that the same lines make and mend.
std::string addresses(const std::string& ipv4, const std::string& ipv6, const std::string& device)
{
    return "link set " + device + " up\naddr replace " + ipv4 + "/24 dev " + device + "\naddr replace " + ipv6 +
           "/64 dev " + device + "\n";
}

void ip(const std::string& lines)
{
    must_run("ip", "-batch", lines);
}

void kill_everything_in(int network)
{
    struct stat wanted {};
    ::fstat(network, &wanted);
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        pid_t pid = 0;
        struct stat found {};
        std::from_chars(name.data(), name.data() + name.size(), pid);
        const bool inside = pid > 0 && ::stat((entry.path() / "ns/net").c_str(), &found) == 0 &&
                            found.st_ino == wanted.st_ino && found.st_dev == wanted.st_dev;
        if (inside)
            ::kill(pid, SIGKILL);
    }
}

}  // namespace

Hosts::Visit::Visit(int target) : home_(this_network())
{
    if (::setns(target, CLONE_NEWNET) != 0) {
        const int error = errno;
        ::close(home_);
        throw std::system_error(error, std::generic_category(), "setns");
    }
}

Hosts::Visit::~Visit()
{
    ::setns(home_, CLONE_NEWNET);
    ::close(home_);
}

Hosts::Hosts()
{
    for (const char* program : {"nft", "ip"})
        if (debian_path(program).empty()) {
            missing_ = std::string(program) + " is not installed";
            return;
        }
    if (!enter_new_network()) {
        missing_ = "no network namespace can be made here";
        return;
    }
    namespaces_[index(Node::router)] = this_network();
    try {
        use_addresses_at_once();
        write_file("/proc/sys/net/ipv4/ip_forward", "1");
        write_file("/proc/sys/net/ipv6/conf/all/forwarding", "1");
        write_file("/proc/sys/net/ipv4/icmp_ratelimit", "0");
        write_file("/proc/sys/net/ipv6/icmp/ratelimit", "0");
        forward_unless("");
        power_on(Node::near);
        power_on(Node::far);
    } catch (const std::exception& error) {
        missing_ = std::string("a network of namespaces cannot be made here: ") + error.what();
    }
}

Hosts::~Hosts()
{
    for (const int network : namespaces_)
        if (network >= 0)
            ::close(network);
}

void Hosts::configure(Node host)
{
    in(Node::router, [&] { ip(addresses(router_ipv4(host), router_ipv6(host), name_of(host))); });
    in(host, [&] {
        ip("link set lo up\n" + addresses(ipv4(host), ipv6(host), "wire") + "route replace default via " +
           router_ipv4(host) + "\nroute replace ::/0 via " + router_ipv6(host) + "\n");
    });
}

void Hosts::forward_unless(const std::string& rules)
{
    in(Node::router, [&] {
        must_run("nft", "-f",
                 "add table inet hosts\n"
                 "add chain inet hosts forward { type filter hook forward priority 0; }\n"
                 "flush chain inet hosts forward\n" +
                     rules);
    });
}

void Hosts::drop()
{
    forward_unless("add rule inet hosts forward drop\n");
}

void Hosts::drop_from(Node host)
{
    forward_unless("add rule inet hosts forward iifname " + name_of(host) + " drop\n");
}

void Hosts::answer_unreachable(Unreachable what)
{
    const char* icmp = what == Unreachable::net    ? "net-unreachable"
                       : what == Unreachable::host ? "host-unreachable"
                                                   : "port-unreachable";
    const char* icmpv6 = what == Unreachable::net    ? "no-route"
                         : what == Unreachable::host ? "addr-unreachable"
                                                     : "port-unreachable";
    const std::string from_near = "add rule inet hosts forward iifname near meta nfproto ";
    forward_unless(from_near + "ipv4 reject with icmp type " + icmp + "\n" + from_near +
                   "ipv6 reject with icmpv6 type " + icmpv6 + "\nadd rule inet hosts forward iifname far drop\n");
}

void Hosts::unplug(Node host)
{
    in(Node::router, [&] { ip("link set " + name_of(host) + " down\n"); });
}

void Hosts::remove_default_routes(Node host)
{
    in(host, [] { ip("route del default\nroute del ::/0\n"); });
}

void Hosts::remove_addresses(Node host)
{
    in(host, [&] { ip("addr del " + ipv4(host) + "/24 dev wire\naddr del " + ipv6(host) + "/64 dev wire\n"); });
}

void Hosts::power_off(Node host)
{
    in(Node::router, [&] { ip("link del " + name_of(host) + "\n"); });
    int& network = namespaces_[index(host)];
    kill_everything_in(network);
    ::close(network);
    network = -1;
}

void Hosts::power_on(Node host)
{
    const Visit return_afterwards(namespaces_[index(Node::router)]);
    if (!enter_new_network())
        throw std::runtime_error("no further network namespace");
    const int network = namespaces_[index(host)] = this_network();
    use_addresses_at_once();
    in(Node::router, [&] {
        constexpr int kSeenByIp = 9;
        const Result made = run({.arguments = {debian_path("ip"), "link", "add", name_of(host), "type", "veth", "peer",
                                               "name", "wire", "netns", "/proc/self/fd/" + std::to_string(kSeenByIp)},
                                 .descriptors = {{network, kSeenByIp}}});
        if (!made.ok())
            throw std::runtime_error("ip: " + made.err);
    });
    configure(host);
}

void Hosts::restore()
{
    forward_unless("");
    for (const Node host : {Node::near, Node::far}) {
        if (namespaces_[index(host)] < 0)
            power_on(host);
        configure(host);
    }
}

int Hosts::counter(Node node, const std::string& name)
{
    return in(node, [&] { return kernel_counter(name); });
}

}  // namespace kashim::test
