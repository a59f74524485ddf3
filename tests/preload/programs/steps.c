// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// Does what its arguments say, one step each ("tcp c", "connect c 5432", "set c idle 9", "show c"), and says of every
// step what it returned and what became of errno, which is planted beforehand. So any order of calls that a program
// might make is one line in a test. The verbs are in the table at the end.
#include "common.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <poll.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/un.h>

enum { kPlanted = 4242, kMptcp = 262, kMostNames = 64, kMostWords = 8 };

static struct {
    char name[16];
    int fd;
} names[kMostNames];
static int name_count;
static int quiet;

static const char *errno_name(void)
{
    static char number[16];
    switch (errno) {
#define NAME(e) case e: return #e
        NAME(EACCES); NAME(EADDRINUSE); NAME(EADDRNOTAVAIL); NAME(EAFNOSUPPORT); NAME(EAGAIN); NAME(EALREADY);
        NAME(EBADF); NAME(ECONNREFUSED); NAME(EDESTADDRREQ); NAME(EFAULT); NAME(EINPROGRESS); NAME(EINVAL);
        NAME(EISCONN); NAME(EMFILE); NAME(ENETUNREACH); NAME(ENOENT); NAME(ENOPROTOOPT); NAME(ENOTCONN);
        NAME(ENOTSOCK); NAME(EOPNOTSUPP); NAME(EPERM); NAME(EPROTONOSUPPORT); NAME(EPROTOTYPE);
        NAME(ESOCKTNOSUPPORT);
#undef NAME
    case kPlanted: return "kept";
    }
    snprintf(number, sizeof number, "%d", errno);
    return number;
}

/// A name given by an earlier step, or a number as it stands.
static int fd_of(const char *name)
{
    for (int i = name_count - 1; i >= 0; --i)
        if (strcmp(names[i].name, name) == 0)
            return names[i].fd;
    return atoi(name);
}

static int remember(const char *name, int fd)
{
    CHECK(name_count < kMostNames);
    snprintf(names[name_count].name, sizeof names[name_count].name, "%s", name);
    names[name_count++].fd = fd;
    return fd;
}

/// "@l" is the local port of the socket that is called l.
static uint16_t port_word(const char *word)
{
    return word[0] == '@' ? port_of(fd_of(word + 1)) : port_argument(word);
}

/// IPv4 loopback unless an address of either family is given.
static socklen_t address_of(struct sockaddr_in6 *out, const char *port, const char *text)
{
    memset(out, 0, sizeof *out);
    if (text != NULL && inet_pton(AF_INET6, text, &out->sin6_addr) == 1) {
        out->sin6_family = AF_INET6;
        out->sin6_port = htons(port_word(port));
        return sizeof *out;
    }
    struct sockaddr_in address = loopback(port_word(port));
    if (text != NULL)
        CHECK(inet_pton(AF_INET, text, &address.sin_addr) == 1);
    memcpy(out, &address, sizeof address);
    return sizeof address;
}

typedef int Step(char **word);

static int make_socket(char **word)
{
    static const struct {
        const char *name;
        int domain, type, protocol;
    } kinds[] = {
        {"tcp", AF_INET, SOCK_STREAM, 0},
        {"tcp-named", AF_INET, SOCK_STREAM, IPPROTO_TCP},
        {"tcp-flags", AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0},
        {"tcp6", AF_INET6, SOCK_STREAM, 0},
        {"mptcp", AF_INET, SOCK_STREAM, kMptcp},
        {"udp", AF_INET, SOCK_DGRAM, 0},
        {"udp6", AF_INET6, SOCK_DGRAM, 0},
        {"unix", AF_UNIX, SOCK_STREAM, 0},
        {"unix-datagrams", AF_UNIX, SOCK_DGRAM, 0},
        {"raw", AF_INET, SOCK_RAW, IPPROTO_TCP},
        {"netlink", AF_NETLINK, SOCK_RAW, NETLINK_ROUTE},
        {"sctp", AF_INET, SOCK_STREAM, IPPROTO_SCTP},
        {"vsock", AF_VSOCK, SOCK_STREAM, 0},
        {"no-family", 12345, SOCK_STREAM, 0},
        {"no-protocol", AF_INET, SOCK_STREAM, 255},
        {"no-type", AF_INET, 12, 0},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i)
        if (strcmp(kinds[i].name, word[0]) == 0)
            return remember(word[1], socket(kinds[i].domain, kinds[i].type, kinds[i].protocol));
    CHECK(!"a kind of socket");
    return -1;
}

/// Behind the back of every library, as a language runtime with system calls of its own does it.
static int make_unseen(char **word)
{
    return remember(word[1], (int)syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
}

static int bind_socket(char **word)
{
    const int fd = fd_of(word[1]);
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in6 address;
    const socklen_t size = address_of(&address, word[2], word[3]);
    return bind(fd, (struct sockaddr *)&address, size);
}

static int listen_on(char **word)
{
    return listen(fd_of(word[1]), word[2] != NULL ? atoi(word[2]) : 16);
}

static int listen_unseen(char **word)
{
    return (int)syscall(SYS_listen, fd_of(word[1]), 16);
}

static int connect_socket(char **word)
{
    struct sockaddr_in6 address;
    const socklen_t size = address_of(&address, word[2], word[3]);
    return connect(fd_of(word[1]), (struct sockaddr *)&address, size);
}

static int connect_nowhere(char **word)
{
    return connect(fd_of(word[1]), NULL, sizeof(struct sockaddr_in));
}

/// Not NULL, which a careful library might look for.
static int connect_astray(char **word)
{
    return connect(fd_of(word[1]), (const struct sockaddr *)8, sizeof(struct sockaddr_in));
}

static int connect_short(char **word)
{
    const struct sockaddr_in address = loopback(port_word(word[2]));
    return connect(fd_of(word[1]), (const struct sockaddr *)&address, 3);
}

/// With an address of IPv6's first form, which ended before the scope (SIN6_LEN_RFC2133): Linux takes it.
static int connect_rfc2133(char **word)
{
    struct sockaddr_in6 address;
    address_of(&address, word[2], word[3]);
    return connect(fd_of(word[1]), (const struct sockaddr *)&address, offsetof(struct sockaddr_in6, sin6_scope_id));
}

/// The address ends where the mapped memory ends, and lies at an odd place otherwise. A length that reaches into the
/// memory behind is EFAULT.
static int connect_at_edge(char **word)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED && mprotect(memory + page, page, PROT_NONE) == 0);
    const struct sockaddr_in address = loopback(port_word(word[2]));
    const int odd = strcmp(word[0], "connect-odd") == 0;
    char *place = memory + page - sizeof address - (odd ? 1 : 0);
    memcpy(place, &address, sizeof address);
    const socklen_t size = strcmp(word[0], "connect-beyond") == 0 ? sizeof address + 12
                           : strcmp(word[0], "connect-long") == 0 ? (socklen_t)-1
                                                                  : sizeof address;
    return connect(fd_of(word[1]), (const struct sockaddr *)place, size);
}

static int disconnect(char **word)
{
    const struct sockaddr address = {.sa_family = AF_UNSPEC};
    return connect(fd_of(word[1]), &address, sizeof address);
}

static int connect_unix(char **word)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", word[2]);
    return connect(fd_of(word[1]), (struct sockaddr *)&address, sizeof address);
}

static int bind_unix(char **word)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", word[2]);
    return bind(fd_of(word[1]), (struct sockaddr *)&address, sizeof address);
}

/// Of a connect that was in progress: waits for its end. How it ended remains to be asked.
static int await_end(char **word)
{
    struct pollfd poll_for = {.fd = fd_of(word[1]), .events = POLLOUT};
    CHECK(poll(&poll_for, 1, -1) == 1);
    return 0;
}

/// The same, and answers as the kernel does.
static int finish(char **word)
{
    await_end(word);
    return value_of(fd_of(word[1]), SOL_SOCKET, SO_ERROR);
}

static int accept_socket(char **word)
{
    struct sockaddr_in6 address;
    memset(&address, 0x5a, sizeof address);
    socklen_t size = sizeof address;
    const int fd = accept(fd_of(word[2]), (struct sockaddr *)&address, &size);
    const int saved = errno;
    say("  family %d, %u bytes", address.sin6_family, size);
    errno = saved;
    return remember(word[1], fd);
}

static int accept_anybody(char **word)
{
    return remember(word[1], accept(fd_of(word[2]), NULL, NULL));
}

static int accept_short(char **word)
{
    unsigned char address[32];
    memset(address, 0x5a, sizeof address);
    socklen_t size = 2;
    const int fd = accept4(fd_of(word[2]), (struct sockaddr *)address, &size, 0);
    const int saved = errno;
    say("  %u bytes, the third is %x", size, address[2]);
    errno = saved;
    return remember(word[1], fd);
}

static int accept_negative(char **word)
{
    struct sockaddr_in address;
    socklen_t size = (socklen_t)-1;
    return remember(word[1], accept(fd_of(word[2]), (struct sockaddr *)&address, &size));
}

static int accept_nowhere(char **word)
{
    socklen_t size = sizeof(struct sockaddr_in);
    return remember(word[1], accept(fd_of(word[2]), (struct sockaddr *)8, &size));
}

static int accept4_flags(char **word)
{
    return remember(word[1], accept4(fd_of(word[2]), NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

static int accept4_wrong(char **word)
{
    return remember(word[1], accept4(fd_of(word[2]), NULL, NULL, 0x12345));
}

static void option_of(const char *word, int *level, int *name)
{
    static const struct {
        const char *word;
        int level, name;
    } options[] = {
        {"keepalive", SOL_SOCKET, SO_KEEPALIVE},  {"idle", IPPROTO_TCP, TCP_KEEPIDLE},
        {"interval", IPPROTO_TCP, TCP_KEEPINTVL}, {"count", IPPROTO_TCP, TCP_KEEPCNT},
        {"user_timeout", IPPROTO_TCP, TCP_USER_TIMEOUT}, {"nodelay", IPPROTO_TCP, TCP_NODELAY},
        {"nothing", IPPROTO_TCP, 9999},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; ++i)
        if (strcmp(options[i].word, word) == 0) {
            *level = options[i].level;
            *name = options[i].name;
            return;
        }
    CHECK(!"an option");
}

static int set_option(char **word)
{
    int level, name;
    option_of(word[2], &level, &name);
    const int value = atoi(word[3]);
    return setsockopt(fd_of(word[1]), level, name, &value, sizeof value);
}

static int set_from_nowhere(char **word)
{
    int level, name;
    option_of(word[2], &level, &name);
    return setsockopt(fd_of(word[1]), level, name, (const void *)8, sizeof(int));
}

static int set_short(char **word)
{
    int level, name;
    option_of(word[2], &level, &name);
    const int value = 5;
    return setsockopt(fd_of(word[1]), level, name, &value, 2);
}

static int set_long(char **word)
{
    int level, name;
    option_of(word[2], &level, &name);
    const int values[2] = {5, 5};
    return setsockopt(fd_of(word[1]), level, name, values, sizeof values);
}

/// Says the value, for options that nobody but the program touches.
static int get_option(char **word)
{
    int level, name;
    option_of(word[2], &level, &name);
    return value_of(fd_of(word[1]), level, name);
}

static int show(char **word)
{
    say_values(word[1], fd_of(word[1]));
    return 0;
}

static int show_flags(char **word)
{
    const int fd = fd_of(word[1]);
    const int nonblocking = (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
    say("  close on exec %d, non-blocking %d", fcntl(fd, F_GETFD) & FD_CLOEXEC, nonblocking);
    return 0;
}

static int set_blocking(char **word)
{
    return fcntl(fd_of(word[1]), F_SETFL, strcmp(word[0], "blocking") == 0 ? 0 : O_NONBLOCK);
}

static int duplicate(char **word)
{
    return remember(word[2], dup(fd_of(word[1])));
}

static int duplicate_to(char **word)
{
    return remember(word[2], dup2(fd_of(word[1]), atoi(word[3])));
}

static int close_one(char **word)
{
    return close(fd_of(word[1]));
}

static int close_all(char **word)
{
    (void)word;
    for (int fd = 0; fd < 1024; ++fd)
        close(fd);
    return 0;
}

/// What a daemon does that wants nothing of its starter's.
static int close_from(char **word)
{
    enum { kCloseRange = 436 };  // on every architecture; older C libraries know neither the function nor the number
    return (int)syscall(kCloseRange, atoi(word[1]), ~0u, 0);
}

/// What sshd, PostgreSQL, nginx and sendmail do to be seen under another name: they write over their environment.
static int write_over_environment(char **word)
{
    for (char **variable = environ; *variable != NULL; ++variable)
        memset(*variable, word[1][0], strlen(*variable));
    return 0;
}

static int change_directory(char **word)
{
    return chdir(word[1]);
}

static int open_file(char **word)
{
    return remember(word[1], open(word[2], O_RDWR | O_CREAT | O_APPEND, 0644));
}

/// Sends the socket through a UNIX socket and gives what arrives the second name.
static int pass(char **word)
{
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr header;
    } control;
    char byte = 'x';
    struct iovec data = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    memset(&control, 0, sizeof control);
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    const int fd = fd_of(word[1]);
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    CHECK(sendmsg(pair[0], &message, 0) == 1);
    CHECK(recvmsg(pair[1], &message, 0) == 1);
    int received;
    memcpy(&received, CMSG_DATA(&control.header), sizeof received);
    close(pair[0]);
    close(pair[1]);
    return remember(word[2], received);
}

static int make_pair(char **word)
{
    int pair[2];
    const int result = socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    remember(word[1], pair[0]);
    remember(word[2], pair[1]);
    return result;
}

/// A call that only somebody who traces system calls can see: what comes after it is the program's own.
static int mark(char **word)
{
    (void)word;
    return write(-1, "mark", 4) == -1 && errno == EBADF ? (errno = kPlanted, 0) : 1;
}

static int be_quiet(char **word)
{
    (void)word;
    quiet = 1;
    return 0;
}

static const struct {
    const char *verb;
    Step *step;
} verbs[] = {
    // socket
    {"tcp", make_socket}, {"tcp-named", make_socket}, {"tcp-flags", make_socket}, {"tcp6", make_socket},
    {"mptcp", make_socket}, {"udp", make_socket}, {"udp6", make_socket}, {"unix", make_socket},
    {"unix-datagrams", make_socket}, {"raw", make_socket}, {"netlink", make_socket}, {"sctp", make_socket},
    {"vsock", make_socket}, {"no-family", make_socket}, {"no-protocol", make_socket}, {"no-type", make_socket},
    {"unseen", make_unseen}, {"pair", make_pair},
    // bind, listen
    {"bind", bind_socket}, {"bind-unix", bind_unix}, {"listen", listen_on}, {"listen-unseen", listen_unseen},
    // connect
    {"connect", connect_socket}, {"connect-nowhere", connect_nowhere}, {"connect-astray", connect_astray},
    {"connect-short", connect_short}, {"connect-rfc2133", connect_rfc2133},
    {"connect-edge", connect_at_edge}, {"connect-odd", connect_at_edge}, {"connect-beyond", connect_at_edge},
    {"connect-long", connect_at_edge},
    {"connect-unix", connect_unix}, {"disconnect", disconnect}, {"await", await_end}, {"finish", finish},
    // accept, accept4
    {"accept", accept_socket}, {"accept-anybody", accept_anybody}, {"accept4-short", accept_short},
    {"accept-negative", accept_negative}, {"accept-nowhere", accept_nowhere}, {"accept4-flags", accept4_flags},
    {"accept4-wrong", accept4_wrong},
    // setsockopt
    {"set", set_option}, {"set-from-nowhere", set_from_nowhere}, {"set-short", set_short}, {"set-long", set_long},
    {"get", get_option}, {"show", show},
    // descriptors
    {"flags", show_flags}, {"blocking", set_blocking}, {"nonblocking", set_blocking}, {"dup", duplicate},
    {"dup-to", duplicate_to}, {"pass", pass}, {"close", close_one}, {"close-all", close_all},
    {"close-from", close_from}, {"open", open_file},
    // the program itself
    {"mark", mark}, {"quiet", be_quiet}, {"write-over-environment", write_over_environment},
    {"chdir", change_directory},
};

static void do_step(const char *text)
{
    char line[256];
    char *word[kMostWords] = {0};
    snprintf(line, sizeof line, "%s", text);
    int count = 0;
    for (char *next = strtok(line, " "); next != NULL && count < kMostWords - 1; next = strtok(NULL, " "))
        word[count++] = next;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; ++i) {
        if (strcmp(verbs[i].verb, word[0]) != 0)
            continue;
        errno = kPlanted;
        const int result = verbs[i].step(word);
        if (!quiet)
            say("%s = %d, errno %s", text, result, errno_name());
        return;
    }
    say("no such step: %s", text);
    _exit(2);
}

int main(int argc, char **argv)
{
    // "exec" hands the remaining steps to this program started anew; sockets then go by their numbers.
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "exec") == 0) {
            argv[i] = argv[0];
            execv("/proc/self/exe", argv + i);
            CHECK(!"exec");
        }
        do_step(argv[i]);
    }
    return 0;
}
