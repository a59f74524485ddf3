// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// A program that brings its own socket(), which uses the system call: whoever calls socket() gets the program's.
#include "common.h"

#include <sys/syscall.h>

int socket(int domain, int type, int protocol)
{
    say("the program's socket()");
    return (int)syscall(SYS_socket, domain, type, protocol);
}

int main(void)
{
    const int listening = listener(0, 4);
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    say_values("made", fd);
    CHECK(connect_to(fd, port_of(listening)) == 0);
    say_values("connected", fd);
    return 0;
}
