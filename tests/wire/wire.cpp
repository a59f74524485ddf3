// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "wire/wire.h"

#include "programs/debian.h"
#include "support/process.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <sstream>
#include <stdexcept>

namespace kashim::test {
namespace {

/// With privilege a network namespace is enough. Without, a user namespace comes along in which we are root.
bool enter_namespace()
{
    const uid_t uid = ::getuid();
    const gid_t gid = ::getgid();
    if (::unshare(CLONE_NEWNET) == 0)
        return true;
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return false;
    // Before the group may be mapped, setgroups has to be given up (user_namespaces(7)).
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1");
    write_file("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
    return true;
}

bool raise_loopback()
{
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    const bool raised = ::ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    ::close(fd);
    return raised;
}

Result nft(const std::string& commands)
{
    return run({.arguments = {debian_path("nft"), "-f", "-"}, .input = commands});
}

/// Each port has a chain of its own, so that cutting one and mending another do not meet.
std::string name_of(std::uint16_t port)
{
    return "port" + std::to_string(port);
}

std::string chain_of(std::uint16_t port)
{
    return "chain inet kashim " + name_of(port);
}

void expect_ok(const Result& result)
{
    if (!result.ok())
        throw std::runtime_error("nft: " + result.err);
}

}  // namespace

Wire::Wire()
{
    for (const char* program : {"nft", "nstat"})
        if (debian_path(program).empty()) {
            missing_ = std::string(program) + " is not installed";
            return;
        }
    if (!enter_namespace())
        missing_ = "no network namespace can be made here";
    else if (!raise_loopback())
        missing_ = "the loopback of a new network namespace cannot be raised here";
    else if (const Result tried = nft("add table inet kashim\n"); !tried.ok())
        missing_ = "nft does not work in a network namespace here: " + tried.err;
}

void Wire::cut(std::uint16_t port)
{
    std::string commands = "add " + chain_of(port) + " { type filter hook input priority 0; }\n";
    for (const char* end : {"dport ", "sport "})
        commands += "add rule inet kashim " + name_of(port) + " tcp " + end + std::to_string(port) + " drop\n";
    expect_ok(nft(commands));
}

void Wire::restore(std::uint16_t port)
{
    expect_ok(nft("delete " + chain_of(port) + "\n"));
}

int Wire::probes() const
{
    const Result result = run({.arguments = {debian_path("nstat"), "-asz", "TcpExtTCPKeepAlive"}});
    std::istringstream words(result.out);
    for (std::string word; words >> word;)
        if (int count = 0; word == "TcpExtTCPKeepAlive" && words >> count)
            return count;
    throw std::runtime_error("nstat: " + result.out + result.err);
}

int Wire::cut_between_probes(std::uint16_t port)
{
    for (;;) {
        const int before = probes();
        cut(port);
        if (const int after = probes(); after == before)
            return after;
        restore(port);
    }
}

}  // namespace kashim::test
