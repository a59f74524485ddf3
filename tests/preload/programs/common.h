// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// What the small programs share. They say what they see, one line each, on standard output; the test compares what the
// bare and the preloaded program said. Only lines that begin with "values" may differ.

/// One write a line and nothing kept back: right in signal handlers, forked children and behind seccomp filters too.
__attribute__((format(printf, 1, 2))) static inline void say(const char* format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    line[length] = '\n';
    if (write(1, line, (size_t)length + 1) < 0)
        _exit(3);
}

/// The program is wrong about its world, preloaded or not.
#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            say("%s:%d: %s does not hold, errno %d", __FILE__, __LINE__, #condition, errno);                           \
            _exit(1);                                                                                                  \
        }                                                                                                              \
    } while (0)

static inline int value_of(int fd, int level, int name)
{
    int value = 0;
    socklen_t size = sizeof value;
    return getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

static inline void say_values(const char* name, int fd)
{
    say("values %s: keepalive=%d idle=%d interval=%d count=%d user_timeout=%d", name,
        value_of(fd, SOL_SOCKET, SO_KEEPALIVE), value_of(fd, IPPROTO_TCP, TCP_KEEPIDLE),
        value_of(fd, IPPROTO_TCP, TCP_KEEPINTVL), value_of(fd, IPPROTO_TCP, TCP_KEEPCNT),
        value_of(fd, IPPROTO_TCP, TCP_USER_TIMEOUT));
}

static inline struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

static inline uint16_t port_of(int fd)
{
    struct sockaddr_in6 address;  // its port lies where IPv4's does
    socklen_t size = sizeof address;
    CHECK(getsockname(fd, (struct sockaddr*)&address, &size) == 0);
    return ntohs(address.sin6_port);
}

/// Port 0: any free one.
static inline int listener(uint16_t port, int backlog)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(fd >= 0);
    const int on = 1;
    CHECK(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    const struct sockaddr_in address = loopback(port);
    CHECK(bind(fd, (const struct sockaddr*)&address, sizeof address) == 0);
    CHECK(listen(fd, backlog) == 0);
    return fd;
}

static inline int connect_to(int fd, uint16_t port)
{
    const struct sockaddr_in address = loopback(port);
    return connect(fd, (const struct sockaddr*)&address, sizeof address);
}

static inline uint16_t port_argument(const char* text)
{
    return (uint16_t)strtoul(text, NULL, 10);
}
