// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// As sys/socket.h here (bsd/netinet/in.h, bsd/netinet6/in6.h).
#pragma once

#include <sys/socket.h>

#include <bit>

#define IPPROTO_TCP 6
#define INADDR_LOOPBACK 0x7f000001u

struct in_addr {
    std::uint32_t s_addr;
};

struct in6_addr {
    std::uint8_t s6_addr[16];
};

struct sockaddr_in {
    std::uint8_t sin_len;
    sa_family_t sin_family;
    std::uint16_t sin_port;
    in_addr sin_addr;
    char sin_zero[8];
};

struct sockaddr_in6 {
    std::uint8_t sin6_len;
    sa_family_t sin6_family;
    std::uint16_t sin6_port;
    std::uint32_t sin6_flowinfo;
    in6_addr sin6_addr;
    std::uint32_t sin6_scope_id;
};

constexpr std::uint16_t ntohs(std::uint16_t number)
{
    return std::endian::native == std::endian::little ? __builtin_bswap16(number) : number;
}
constexpr std::uint32_t ntohl(std::uint32_t number)
{
    return std::endian::native == std::endian::little ? __builtin_bswap32(number) : number;
}
constexpr std::uint16_t htons(std::uint16_t number)
{
    return ntohs(number);
}
constexpr std::uint32_t htonl(std::uint32_t number)
{
    return ntohl(number);
}
