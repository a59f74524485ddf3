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
#include <sstream>
#include <stdexcept>

namespace kashim::test {

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
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    const bool raised = ::ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    ::close(fd);
    return raised;
}

int kernel_counter(const std::string& name)
{
    const Result result = run({.arguments = {debian_path("nstat"), "-asz", name}});
    std::istringstream words(result.out);
    for (std::string word; words >> word;)
        if (int count = 0; word == name && words >> count)
            return count;
    throw std::runtime_error("nstat: " + result.out + result.err);
}

void must_run(const std::string& program, const std::string& argument, const std::string& input)
{
    const Result result = run({.arguments = {debian_path(program), argument, "-"}, .input = input});
    if (!result.ok())
        throw std::runtime_error(program + ": " + result.err + "\n" + input);
}

}  // namespace kashim::test
