// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// ring PORT: a connection that no C function made: socket and connect go through io_uring. Waits until standard input
// ends. 77: this kernel has no io_uring, or forbids it.
#include <arpa/inet.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int result_of(struct io_uring *ring)
{
    struct io_uring_cqe *done;
    int result;
    io_uring_submit(ring);
    if (io_uring_wait_cqe(ring, &done) != 0)
        exit(1);
    result = done->res;
    io_uring_cqe_seen(ring, done);
    return result;
}

int main(int argc, char **argv)
{
    struct io_uring ring;
    struct sockaddr_in peer = {.sin_family = AF_INET};
    char byte;
    int fd;
    if (argc != 2 || io_uring_queue_init(4, &ring, 0) != 0)
        return 77;
    peer.sin_port = htons((unsigned short)atoi(argv[1]));
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    io_uring_prep_socket(io_uring_get_sqe(&ring), AF_INET, SOCK_STREAM, 0, 0);
    fd = result_of(&ring);
    if (fd < 0)
        return 77;
    io_uring_prep_connect(io_uring_get_sqe(&ring), fd, (const struct sockaddr *)&peer, sizeof peer);
    if (result_of(&ring) != 0)
        return 1;
    puts("connected");
    fflush(stdout);
    return read(0, &byte, 1) < 0;
}
