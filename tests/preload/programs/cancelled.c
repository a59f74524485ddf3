// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// A thread is cancelled while it is blocked in accept, accept4 or connect: its cleanup handler must run. A hook without
// unwind tables, or one that makes the system call itself, breaks this.
#include "blocked.h"

#include <pthread.h>
#include <stdatomic.h>

static atomic_int thread_id;
static int cleaned_up;

static void clean_up(void *call)
{
    say("cleaning up after %s", (const char *)call);
    cleaned_up = 1;
}

static void *blocked(void *call)
{
    pthread_cleanup_push(clean_up, call);
    thread_id = (int)syscall(SYS_gettid);
    block_in(call);
    pthread_cleanup_pop(0);
    return NULL;
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    pthread_t thread;
    void *result;
    CHECK(pthread_create(&thread, NULL, blocked, argv[1]) == 0);
    while (thread_id == 0)
        poll(NULL, 0, 1);
    wait_until_blocked(thread_id, argv[1]);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &result) == 0);
    CHECK(result == PTHREAD_CANCELED);
    CHECK(cleaned_up);
    return 0;
}
