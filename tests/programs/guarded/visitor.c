// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// visitor PORT: connects, says as which user it runs, and waits until standard input ends.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in peer = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    char byte;
    if (argc != 2)
        return 2;
    peer.sin_port = htons((unsigned short)atoi(argv[1]));
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (const struct sockaddr *)&peer, sizeof peer) != 0)
        return 1;
    printf("connected as %d for %d\n", (int)geteuid(), (int)getuid());
    fflush(stdout);
    return read(0, &byte, 1) < 0;
}
