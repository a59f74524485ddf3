// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "common.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>

// For the programs that cancel a thread: calls that never return, and the knowledge that a thread is inside one.

/// A listener whose queue is full: what connects to it from now on waits.
static inline uint16_t full_listener(void)
{
    const int fd = listener(0, 0);
    for (int i = 0; i < 8; ++i) {
        const int filler = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        CHECK(connect_to(filler, port_of(fd)) == 0 || errno == EINPROGRESS);
    }
    return port_of(fd);
}

static inline int block_in(const char* call)
{
    if (strcmp(call, "accept") == 0)
        return accept(listener(0, 1), NULL, NULL);
    if (strcmp(call, "accept4") == 0)
        return accept4(listener(0, 1), NULL, NULL, SOCK_CLOEXEC);
    const uint16_t port = full_listener();
    return connect_to(socket(AF_INET, SOCK_STREAM, 0), port);
}

/// Whether that is the number of the system call of that name. 32-bit x86 has one for all of them, and no accept.
static inline int is_number_of(const char* call, long number)
{
#ifdef SYS_socketcall
    if (number == SYS_socketcall)
        return 1;
#endif
#ifdef SYS_accept
    if (strcmp(call, "accept") == 0)
        return number == SYS_accept;
#endif
    return number == (strcmp(call, "connect") == 0 ? SYS_connect : SYS_accept4);
}

/// Waits until the thread sleeps in the system call of that name.
static inline void wait_until_blocked(int thread, const char* call)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", thread);
    for (;;) {
        char text[32] = "";
        const int fd = open(path, O_RDONLY);
        if (fd < 0) {  // a kernel or container that does not tell: cancelling a running thread is then tested
            say("no look at system calls");
            return;
        }
        const ssize_t length = read(fd, text, sizeof text - 1);
        close(fd);
        if (length > 0 && text[0] >= '0' && text[0] <= '9' && is_number_of(call, strtol(text, NULL, 10)))
            return;
        poll(NULL, 0, 1);
    }
}
