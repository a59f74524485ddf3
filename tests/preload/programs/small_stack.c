// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// The first socket of the process is made where there is hardly any stack: in a signal handler on an alternate stack
// of 8 kB, or in a thread of 16 kB. Below the stack lies a page that nobody may touch.
#include "common.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>

static volatile int made = -1;

static void use_every_hook(void)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const int idle = 33;
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening, (const struct sockaddr *)&address, sizeof address) == 0 && listen(listening, 4) == 0 &&
        getsockname(listening, (struct sockaddr *)&address, &size) == 0 &&
        connect(fd, (const struct sockaddr *)&address, sizeof address) == 0) {
        close(accept(listening, NULL, NULL));
        setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
        made = fd;
    }
}

static void on_signal(int number)
{
    (void)number;
    use_every_hook();
}

static void *in_thread(void *nothing)
{
    use_every_hook();
    return nothing;
}

static char *guarded(size_t size)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *memory = mmap(NULL, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    CHECK(mprotect(memory, page, PROT_NONE) == 0);
    return memory + page;
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    if (strcmp(argv[1], "signal") == 0) {
        // A processor with wide registers needs more than half of 8 kB for the frame alone; then what the kernel asks
        // for is added to the 8 kB.
        const size_t frame = (size_t)getauxval(AT_MINSIGSTKSZ);
        const size_t size = frame <= 4096 ? 8192 : (frame + 8192 + 4095) / 4096 * 4096;
        say("signal stack of %zu bytes", size);
        const stack_t stack = {.ss_sp = guarded(size), .ss_size = size};
        CHECK(sigaltstack(&stack, NULL) == 0);
        const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
        CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
        CHECK(raise(SIGUSR1) == 0);
    } else {
        const size_t size = 16384;
        pthread_attr_t attributes;
        pthread_t thread;
        CHECK(pthread_attr_init(&attributes) == 0);
        CHECK(pthread_attr_setstack(&attributes, guarded(size), size) == 0);
        CHECK(pthread_create(&thread, &attributes, in_thread, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    CHECK(made >= 0);
    say_values("made", made);
    return 0;
}
