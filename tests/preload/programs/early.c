// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// Sockets in the program's preinit_array, before any library's constructor, and in a linked library's constructor.
#include "common.h"

int early_socket(void);
int early_listener(void);

static int preinit_socket = -1;

static void connect_before_all(int argc, char **argv, char **envp)
{
    (void)argc;
    (void)argv;
    (void)envp;
    const int fd = listener(0, 4);
    preinit_socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect_to(preinit_socket, port_of(fd)) != 0)
        _exit(4);
    close(accept4(fd, NULL, NULL, 0));
    close(fd);
}

typedef void Preinit(int, char **, char **);
__attribute__((section(".preinit_array"), used)) static Preinit *const preinit = connect_before_all;

int main(void)
{
    say("preinit %d, library %d", preinit_socket, early_socket());
    CHECK(value_of(early_socket(), IPPROTO_TCP, TCP_NODELAY) == 1);

    // What was made early is not lost: its next connection is a connection like any other.
    const struct sockaddr unconnected = {.sa_family = AF_UNSPEC};
    CHECK(connect(early_socket(), &unconnected, sizeof unconnected) == 0);
    CHECK(connect_to(early_socket(), port_of(early_listener())) == 0);
    say_values("reconnected", early_socket());
    const int accepted = accept(early_listener(), NULL, NULL);
    CHECK(accepted >= 0);
    say_values("accepted", accepted);

    const int late = socket(AF_INET, SOCK_STREAM, 0);
    say_values("late", late);
    return 0;
}
