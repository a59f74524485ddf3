// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Makes a TCP socket, says so, and waits until its standard input ends. The test looks at it meanwhile: whether the
// library is mapped, and whether the socket has keepalive. "filter" as argument: with a system call filter of its own
// that allows everything; "shut": nobody but root may look at it.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char** argv)
{
    if (argc > 1 && strcmp(argv[1], "filter") == 0) {
        struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        struct sock_fprog program = {1, &allow};
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
            return 2;
    }
    if (argc > 1 && strcmp(argv[1], "shut") == 0)
        prctl(PR_SET_DUMPABLE, 0);
    char byte;
    if (socket(AF_INET, SOCK_STREAM, 0) < 0 || write(1, "up\n", 3) != 3)
        return 1;
    return read(0, &byte, 1) < 0;
}
