// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// A program that makes one TCP socket; with the argument "wait" it stays, with another it sets keepalive on it itself.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (argc > 1 && strcmp(argv[1], "wait") == 0)
        pause();
    else if (argc > 1) {
        const int on = 1, idle = 60, interval = 15, count = 4;
        setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
    }
    return fd < 0;
}
