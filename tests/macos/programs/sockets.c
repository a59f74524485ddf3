// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// For macOS. sockets SCENARIO [PORT]: makes connections with itself on loopback and says what it sees, one line each.
// Only the lines that begin with "values" may differ between the bare program and the one with the library in it.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

// What a program calls that is compiled with -D__DARWIN_NON_CANCELABLE, and what the system's own libraries call.
int connect_nocancel(int, const struct sockaddr *, socklen_t) __asm("_connect$NOCANCEL");
int accept_nocancel(int, struct sockaddr *, socklen_t *) __asm("_accept$NOCANCEL");

#define CHECK(condition)                                                                    \
    do {                                                                                    \
        if (!(condition)) {                                                                 \
            printf("line %d: %s does not hold, errno %d\n", __LINE__, #condition, errno);   \
            exit(1);                                                                        \
        }                                                                                   \
    } while (0)

enum { kPlanted = 4242 };

static int value_of(int fd, int level, int name)
{
    int value = 0;
    socklen_t size = sizeof value;
    return getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

static void say_values(const char *name, int fd)
{
    printf("values %s: keepalive=%d idle=%d interval=%d count=%d user_timeout=%d\n", name,
           value_of(fd, SOL_SOCKET, SO_KEEPALIVE) != 0, value_of(fd, IPPROTO_TCP, TCP_KEEPALIVE),
           value_of(fd, IPPROTO_TCP, TCP_KEEPINTVL), value_of(fd, IPPROTO_TCP, TCP_KEEPCNT),
           value_of(fd, IPPROTO_TCP, TCP_RXT_CONNDROPTIME));
}

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_len = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

static int make_socket(void)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(fd >= 0);
    return fd;
}

static int listener(uint16_t *port)
{
    const int fd = make_socket();
    const int on = 1;
    CHECK(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    struct sockaddr_in address = loopback(*port);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(fd, 8) == 0);
    socklen_t size = sizeof address;
    CHECK(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void kept(const char *name)
{
    printf("%s: errno %s\n", name, errno == kPlanted ? "kept" : "changed");
}

typedef int (*connecting)(int, const struct sockaddr *, socklen_t);
typedef int (*accepting)(int, struct sockaddr *, socklen_t *);

static int by_connectx(int fd, const struct sockaddr *address, socklen_t size)
{
    sa_endpoints_t ends;
    memset(&ends, 0, sizeof ends);
    ends.sae_dstaddr = address;
    ends.sae_dstaddrlen = size;
    return connectx(fd, &ends, SAE_ASSOCID_ANY, 0, NULL, 0, NULL, NULL);
}

// Both sides of a connection, and the listener, which must stay as it is: this kernel would probe it and close it.
static void both_sides(connecting connects, accepting accepts)
{
    uint16_t port = 0;
    const int listens = listener(&port);
    const int client = make_socket();
    say_values("fresh", client);
    const struct sockaddr_in address = loopback(port);
    errno = kPlanted;
    CHECK(connects(client, (const struct sockaddr *)&address, sizeof address) == 0);
    kept("connect");
    errno = kPlanted;
    const int server = accepts(listens, NULL, NULL);
    CHECK(server >= 0);
    kept("accept");
    say_values("client", client);
    say_values("server", server);
    say_values("listener", listens);
}

static void refused(void)
{
    uint16_t port = 0;
    close(listener(&port));
    const struct sockaddr_in address = loopback(port);
    const int client = make_socket();
    const int result = connect(client, (const struct sockaddr *)&address, sizeof address);
    printf("refused: %d, errno %d\n", result, errno);
    printf("no descriptor: %d", connect(-1, (const struct sockaddr *)&address, sizeof address));
    printf(", errno %d\n", errno);
    printf("no address: %d", connect(make_socket(), (const struct sockaddr *)8, sizeof address));
    printf(", errno %d\n", errno);
}

static void nonblocking(void)
{
    uint16_t port = 0;
    const int listens = listener(&port);
    const int client = make_socket();
    CHECK(fcntl(client, F_SETFL, O_NONBLOCK) == 0);
    const struct sockaddr_in address = loopback(port);
    const int result = connect(client, (const struct sockaddr *)&address, sizeof address);
    CHECK(result == 0 || errno == EINPROGRESS);
    struct pollfd ready = {client, POLLOUT, 0};
    CHECK(poll(&ready, 1, 5000) == 1);
    say_values("client", client);
    close(listens);
}

// The program's own choice, before and after it connects.
static void own_values(void)
{
    uint16_t port = 0;
    const int listens = listener(&port);
    const int client = make_socket();
    const int on = 1, before = 77, after = 99;
    CHECK(setsockopt(client, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) == 0);
    CHECK(setsockopt(client, IPPROTO_TCP, TCP_KEEPALIVE, &before, sizeof before) == 0);
    const struct sockaddr_in address = loopback(port);
    CHECK(connect(client, (const struct sockaddr *)&address, sizeof address) == 0);
    say_values("before", client);
    CHECK(setsockopt(client, IPPROTO_TCP, TCP_KEEPALIVE, &after, sizeof after) == 0);
    say_values("after", client);
    close(listens);
}

// What is no TCP socket is not ours. 0, unlike values: it must not differ.
static void others(void)
{
    struct sockaddr_in address = loopback(9);
    const int udp = socket(AF_INET, SOCK_DGRAM, 0);
    CHECK(udp >= 0 && connect(udp, (struct sockaddr *)&address, sizeof address) == 0);
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    printf("keepalive of udp %d, of unix %d\n", value_of(udp, SOL_SOCKET, SO_KEEPALIVE),
           value_of(pair[0], SOL_SOCKET, SO_KEEPALIVE));
}

// A connection over which nothing is sent; says when it ended and why. Killed from outside where that takes too long.
static void wait_for_death(uint16_t port)
{
    const int listens = listener(&port);
    const int client = make_socket();
    const struct sockaddr_in address = loopback(port);
    CHECK(connect(client, (const struct sockaddr *)&address, sizeof address) == 0);
    CHECK(accept(listens, NULL, NULL) >= 0);
    printf("connected to port %d\n", port);
    const time_t start = time(NULL);
    char byte;
    const ssize_t got = read(client, &byte, 1);
    printf("values end: read %zd, errno %d, after %ld s\n", got, got < 0 ? errno : 0, (long)(time(NULL) - start));
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *const scenario = argc > 1 ? argv[1] : "";
    if (strcmp(scenario, "both") == 0)
        both_sides(connect, accept);
    else if (strcmp(scenario, "nocancel") == 0)
        both_sides(connect_nocancel, accept_nocancel);
    else if (strcmp(scenario, "connectx") == 0)
        both_sides(by_connectx, accept);
    else if (strcmp(scenario, "refused") == 0)
        refused();
    else if (strcmp(scenario, "nonblocking") == 0)
        nonblocking();
    else if (strcmp(scenario, "own") == 0)
        own_values();
    else if (strcmp(scenario, "others") == 0)
        others();
    else if (strcmp(scenario, "wait") == 0)
        wait_for_death((uint16_t)(argc > 2 ? atoi(argv[2]) : 0));
    else
        CHECK(!"a scenario");
    return 0;
}
