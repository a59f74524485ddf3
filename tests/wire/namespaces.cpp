// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "wire/namespaces.h"

#include "programs/debian.h"
#include "support/process.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace kashim::test {
namespace {

bool set_loopback(short flags)
{
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = flags;
    const bool done = ::ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    ::close(fd);
    return done;
}

}  // namespace

bool enter_new_network()
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
    return set_loopback(IFF_UP);
}

bool lower_loopback()
{
    return set_loopback(0);
}

int kernel_counter(const std::string& name)
{
    // "TcpExt: NAME NAME..." and below it "TcpExt: NUMBER NUMBER..." (proc_pid_net(5)).
    std::ifstream file("/proc/thread-self/net/netstat");
    for (std::string above, below; std::getline(file, above) && std::getline(file, below);) {
        std::istringstream names(above), numbers(below);
        std::string group, word, number;
        names >> group;
        numbers >> number;
        group.pop_back();  // the colon
        while (names >> word && numbers >> number)
            if (group + word == name)
                return std::stoi(number);
    }
    throw std::runtime_error("the kernel does not count " + name);
}

void must_run(const std::string& program, const std::string& argument, const std::string& input)
{
    const Result result = run({.arguments = {debian_path(program), argument, "-"}, .input = input});
    if (!result.ok())
        throw std::runtime_error(program + ": " + result.err + "\n" + input);
}

}  // namespace kashim::test
