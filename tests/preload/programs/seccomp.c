// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// A program that locks itself down after its start: everything but talking over sockets it has a descriptor for kills
// it ("kill"; "kill_but_log" spares what a line of ours on standard error takes), or setting and asking for options is
// refused ("refuse"), or setting alone ("refuse_set").
#include "common.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum { kMostLines = 64 };

static struct sock_filter filter[kMostLines];
static unsigned short lines;

static void add(struct sock_filter line)
{
    CHECK(lines < kMostLines);
    filter[lines++] = line;
}

static void answer(long call, unsigned action)
{
    add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1));
    add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static void look_at(size_t place)
{
    add((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)place));
}

/// 32-bit x86 has a system call for all that is done with sockets, which libraries made for old kernels use; its first
/// argument says what (linux/net.h).
static void answer_socketcall(unsigned what, unsigned action)
{
#ifdef SYS_socketcall
    add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socketcall, 0, 4));
    look_at(offsetof(struct seccomp_data, args));
    add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, what, 0, 1));
    add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
    look_at(offsetof(struct seccomp_data, nr));
#else
    (void)what;
    (void)action;
#endif
}

static void lock_down(int refuse, int refuse_asking, int spare_log)
{
    enum { kSetsockopt = 14, kGetsockopt = 15 };  // linux/net.h calls them SYS_SETSOCKOPT and SYS_GETSOCKOPT
    look_at(offsetof(struct seccomp_data, nr));
    if (refuse) {
        answer(SYS_setsockopt, SECCOMP_RET_ERRNO | EPERM);
        answer_socketcall(kSetsockopt, SECCOMP_RET_ERRNO | EPERM);
        if (refuse_asking) {
            answer(SYS_getsockopt, SECCOMP_RET_ERRNO | EPERM);
            answer_socketcall(kGetsockopt, SECCOMP_RET_ERRNO | EPERM);
        }
        add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    } else {
        static const long allowed[] = {SYS_socket,     SYS_connect,    SYS_bind,        SYS_listen,      SYS_accept4,
                                       SYS_setsockopt, SYS_getsockopt, SYS_getsockname, SYS_getpeername, SYS_write,
                                       SYS_close,      SYS_exit,       SYS_exit_group,
#ifdef SYS_accept
                                       SYS_accept,
#endif
#ifdef SYS_socketcall
                                       SYS_socketcall,
#endif
        };
        static const long log[] = {SYS_getpid, SYS_ppoll, SYS_fstat,
#ifdef SYS_fstat64
                                   SYS_fstat64,
#endif
        };
        for (size_t i = 0; i < sizeof allowed / sizeof *allowed; ++i)
            answer(allowed[i], SECCOMP_RET_ALLOW);
        for (size_t i = 0; spare_log && i < sizeof log / sizeof *log; ++i)
            answer(log[i], SECCOMP_RET_ALLOW);
        add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    }
    const struct sock_fprog program = {.len = lines, .filter = filter};
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    const int refuse_asking = strcmp(argv[1], "refuse") == 0;
    const int refuse = refuse_asking || strcmp(argv[1], "refuse_set") == 0;
    lock_down(refuse, refuse_asking, strcmp(argv[1], "kill_but_log") == 0);

    const struct sockaddr_in address = loopback(0);
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(listening, (const struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(listening, 4) == 0);
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect_to(client, port_of(listening)) == 0);
    const int accepted = accept(listening, NULL, NULL);
    CHECK(accepted >= 0);
    CHECK(connect_to(socket(AF_INET, SOCK_STREAM, 0), port_of(listening)) == 0);
    CHECK(accept4(listening, NULL, NULL, SOCK_CLOEXEC) >= 0);
    const int unconnected = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(unconnected, (const struct sockaddr *)8, sizeof address) == -1 && errno == EFAULT);
    const int idle = 44;
    const int set = setsockopt(client, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    CHECK(refuse ? set == -1 && errno == EPERM : set == 0);
    say_values("client", client);
    say_values("accepted", accepted);
    return 0;
}
