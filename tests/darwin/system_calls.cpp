// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The system calls as the library calls them. A program's definitions win over the C library's, which nobody else here
// uses.
#include "xnu.h"

#include <libproc.h>
#include <sys/sysctl.h>

using kashim::test::xnu;

extern "C" {

decltype(connect) connect_nocancel __asm("_connect$NOCANCEL");
decltype(accept) accept_nocancel __asm("_accept$NOCANCEL");

int connect(int fd, const sockaddr* peer, socklen_t size)
{
    xnu().entered.push_back("connect");
    return xnu().connect(fd, peer, size);
}

int connect_nocancel(int fd, const sockaddr* peer, socklen_t size)
{
    xnu().entered.push_back("connect$NOCANCEL");
    return xnu().connect(fd, peer, size);
}

int connectx(int fd, const sa_endpoints_t* endpoints, sae_associd_t, unsigned int, const iovec*, unsigned int,
             std::size_t*, sae_connid_t*)
{
    xnu().entered.push_back("connectx");
    if (reinterpret_cast<std::uintptr_t>(endpoints) < 4096) {
        errno = endpoints == nullptr ? EINVAL : EFAULT;
        return -1;
    }
    return xnu().connect(fd, endpoints->sae_dstaddr, endpoints->sae_dstaddrlen);
}

int accept(int fd, sockaddr* peer, socklen_t* size)
{
    xnu().entered.push_back("accept");
    return xnu().accept(fd, peer, size);
}

int accept_nocancel(int fd, sockaddr* peer, socklen_t* size)
{
    xnu().entered.push_back("accept$NOCANCEL");
    return xnu().accept(fd, peer, size);
}

int getsockname(int fd, sockaddr* address, socklen_t* size)
{
    return xnu().name_of(fd, false, address, size);
}

int getpeername(int fd, sockaddr* address, socklen_t* size)
{
    return xnu().name_of(fd, true, address, size);
}

int getsockopt(int fd, int level, int name, void* value, socklen_t* size)
{
    return xnu().getsockopt(fd, level, name, value, size);
}

int setsockopt(int fd, int level, int name, const void* value, socklen_t size)
{
    return xnu().setsockopt(fd, level, name, value, size);
}

int proc_pidfdinfo(int, int fd, int flavor, void* buffer, int size)
{
    static_cast<void>(flavor);
    return xnu().proc_pidfdinfo(fd, buffer, size);
}

int sysctlbyname(const char* name, void* value, std::size_t* size, void*, std::size_t)
{
    return xnu().sysctlbyname(name, value, size);
}
}
