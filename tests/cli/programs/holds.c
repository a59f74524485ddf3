// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// Connects ("connect ADDRESS PORT"), or listens and accepts one connection ("listen ADDRESS PORT"), and then holds what
// it has until it is killed. It sets no option of its own but SO_REUSEADDR.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void say(const char *word)
{
    puts(word);
    fflush(stdout);
}

static int check(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[3]))};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6, .sin6_port = ipv4.sin_port};
    const int is_ipv4 = inet_pton(AF_INET, argv[2], &ipv4.sin_addr) == 1;
    if (!is_ipv4 && inet_pton(AF_INET6, argv[2], &ipv6.sin6_addr) != 1)
        return 2;
    const struct sockaddr *const address = is_ipv4 ? (struct sockaddr *)&ipv4 : (struct sockaddr *)&ipv6;
    const socklen_t size = is_ipv4 ? sizeof ipv4 : sizeof ipv6;

    const int fd = check(socket(address->sa_family, SOCK_STREAM, 0), "socket");
    if (strcmp(argv[1], "connect") == 0) {
        check(connect(fd, address, size), "connect");
        say("connected");
    } else {
        const int yes = 1;
        check(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes), "setsockopt");
        check(bind(fd, address, size), "bind");
        check(listen(fd, 8), "listen");
        say("listening");
        check(accept(fd, NULL, NULL), "accept");
        say("accepted");
    }
    for (;;)
        pause();
}
