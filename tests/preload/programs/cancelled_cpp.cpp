// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// As cancelled.c, in C++: the destructors of the thread's objects must run (glibc unwinds the stack for it).
#include "blocked.h"

#include <atomic>
#include <pthread.h>

static std::atomic<int> thread_id;
static bool destroyed;

struct Object {
    const char* call;
    ~Object()
    {
        say("destroying what used %s", call);
        destroyed = true;
    }
};

static void* blocked(void* call)
{
    const Object object{static_cast<const char*>(call)};
    thread_id = static_cast<int>(syscall(SYS_gettid));
    block_in(object.call);
    return nullptr;
}

int main(int argc, char** argv)
{
    CHECK(argc == 2);
    pthread_t thread;
    void* result;
    CHECK(pthread_create(&thread, nullptr, blocked, argv[1]) == 0);
    while (thread_id == 0)
        poll(nullptr, 0, 1);
    wait_until_blocked(thread_id, argv[1]);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &result) == 0);
    CHECK(result == PTHREAD_CANCELED);
    CHECK(destroyed);
    return 0;
}
