// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// Threads connect without a pause while the process forks, vforks and spawns. A lock held over the fork by another
// thread would stop the child for ever, and this program with it.
#include "common.h"

#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/wait.h>

enum { kThreads = 4, kChildren = 150, kSpawns = 50 };

extern char **environ;

static atomic_int stop;
static atomic_long connected;
static uint16_t port;
static int listening;

static void *connect_for_ever(void *nothing)
{
    while (!stop) {
        const int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect_to(fd, port) == 0)
            ++connected;
        const struct linger at_once = {1, 0};  // leaves no TIME_WAIT behind
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(fd);
    }
    return nothing;
}

static void *accept_for_ever(void *nothing)
{
    for (;;) {
        const int fd = accept(listening, NULL, NULL);
        if (stop)
            return nothing;
        close(fd);
    }
}

static void expect_clean_end(pid_t child)
{
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void child_with_socket(void)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    _exit(fd >= 0 && connect_to(fd, port) == 0 ? 0 : 5);
}

static void *spawn(void *program)
{
    char *arguments[] = {program, (char *)"nothing", NULL};
    for (int i = 0; i < kSpawns; ++i) {
        pid_t child;
        CHECK(posix_spawn(&child, program, NULL, NULL, arguments, environ) == 0);
        expect_clean_end(child);
    }
    return program;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "nothing") == 0)
        return 0;
    pthread_t connecting[kThreads], accepting, spawning;
    listening = listener(0, 128);
    port = port_of(listening);
    CHECK(pthread_create(&accepting, NULL, accept_for_ever, NULL) == 0);
    for (int i = 0; i < kThreads; ++i)
        CHECK(pthread_create(&connecting[i], NULL, connect_for_ever, NULL) == 0);
    char self[] = "/proc/self/exe";
    CHECK(pthread_create(&spawning, NULL, spawn, self) == 0);

    for (int i = 0; i < kChildren; ++i) {
        const pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0)
            child_with_socket();
        expect_clean_end(child);
    }
    for (int i = 0; i < kSpawns; ++i) {
        char *arguments[] = {self, (char *)"nothing", NULL};
        const pid_t child = vfork();
        if (child == 0) {
            socket(AF_INET, SOCK_STREAM, 0);  // in the parent's memory, until the exec
            execv(self, arguments);
            _exit(6);
        }
        expect_clean_end(child);
    }
    CHECK(pthread_join(spawning, NULL) == 0);
    stop = 1;
    for (int i = 0; i < kThreads; ++i)
        CHECK(pthread_join(connecting[i], NULL) == 0);
    CHECK(connect_to(socket(AF_INET, SOCK_STREAM, 0), port) == 0);  // lets the accepting thread see the end
    CHECK(pthread_join(accepting, NULL) == 0);
    CHECK(connected > 0);
    say("%d forks, %d vforks, %d spawns", kChildren, kSpawns, kSpawns);
    return 0;
}
