// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// As sys/socket.h here (bsd/sys/proc_info.h): the members that the library reads, in an order of its own.
#pragma once

#include <netinet/in.h>

#define PROC_PIDFDSOCKETINFO 3
#define SOCKINFO_IN 1
#define SOCKINFO_TCP 2
#define SOCKINFO_UN 3
#define SOI_S_CANTSENDMORE 0x0010
#define SOI_S_CANTRCVMORE 0x0020
#define INI_IPV4 0x1
#define INI_IPV6 0x2

struct in4in6_addr {
    std::uint32_t i46a_pad32[3];
    in_addr i46a_addr4;
};

struct in_sockinfo {
    int insi_fport;
    int insi_lport;
    std::uint8_t insi_vflag;
    union {
        in4in6_addr ina_46;
        in6_addr ina_6;
    } insi_faddr;
};

struct tcp_sockinfo {
    in_sockinfo tcpsi_ini;
};

struct socket_info {
    int soi_family;
    short soi_options;
    short soi_state;
    int soi_kind;
    union {
        in_sockinfo pri_in;
        tcp_sockinfo pri_tcp;
    } soi_proto;
};

struct socket_fdinfo {
    socket_info psi;
};
