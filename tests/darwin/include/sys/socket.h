// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What the library uses of macOS's header of this name, with its numbers and layouts (bsd/sys/socket.h of xnu), so that
// the library's own sources for macOS can be compiled and run against xnu.h on another system.
#pragma once

#include <cstddef>
#include <cstdint>
#include <sys/types.h>

#include <sys/uio.h>

using sa_family_t = std::uint8_t;
using socklen_t = std::uint32_t;
using sae_associd_t = std::uint32_t;
using sae_connid_t = std::uint32_t;

struct sockaddr {
    std::uint8_t sa_len;
    sa_family_t sa_family;
    char sa_data[14];
};

struct sockaddr_storage {
    std::uint8_t ss_len;
    sa_family_t ss_family;
    alignas(8) char ss_data[120];
};
static_assert(sizeof(sockaddr_storage) == 128);

struct sa_endpoints_t {
    unsigned int sae_srcif;
    const sockaddr* sae_srcaddr;
    socklen_t sae_srcaddrlen;
    const sockaddr* sae_dstaddr;
    socklen_t sae_dstaddrlen;
};

#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 30
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOL_SOCKET 0xffff
#define SO_ACCEPTCONN 0x0002
#define SO_KEEPALIVE 0x0008
#define SO_TYPE 0x1008
#define CONNECT_RESUME_ON_READ_WRITE 0x1
#define CONNECT_DATA_IDEMPOTENT 0x2

extern "C" {
int accept(int, sockaddr*, socklen_t*);
int connect(int, const sockaddr*, socklen_t);
int connectx(int, const sa_endpoints_t*, sae_associd_t, unsigned int, const iovec*, unsigned int, std::size_t*,
             sae_connid_t*);
int getpeername(int, sockaddr*, socklen_t*);
int getsockname(int, sockaddr*, socklen_t*);
int getsockopt(int, int, int, void*, socklen_t*);
int setsockopt(int, int, int, const void*, socklen_t);
}
