// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// Eight threads connect and accept at once, each to every port in turn. Arguments: PORT=IDLE, what a connection to that
// port has, on both of its ends.
#include "common.h"

#include <pthread.h>

enum { kThreads = 8, kRounds = 200, kMostPorts = 64 };

static int listeners[kMostPorts];
static int idle[kMostPorts];
static int ports;
static pthread_mutex_t pairing[kMostPorts];

static void *work(void *start)
{
    for (int round = 0; round < kRounds; ++round) {
        const int i = (int)(((intptr_t)start + round) % ports);
        const int client = socket(AF_INET, SOCK_STREAM, 0);
        CHECK(client >= 0);
        pthread_mutex_lock(&pairing[i]);  // so that what a thread accepts is what it connected
        CHECK(connect_to(client, port_of(listeners[i])) == 0);
        const int accepted =
            round % 2 ? accept(listeners[i], NULL, NULL) : accept4(listeners[i], NULL, NULL, SOCK_CLOEXEC);
        pthread_mutex_unlock(&pairing[i]);
        CHECK(accepted >= 0);
        const int client_idle = value_of(client, IPPROTO_TCP, TCP_KEEPIDLE);
        const int accepted_idle = value_of(accepted, IPPROTO_TCP, TCP_KEEPIDLE);
        if (client_idle != idle[i] || accepted_idle != idle[i]) {
            say("values wrong: client %d, accepted %d, expected %d", client_idle, accepted_idle, idle[i]);
            _exit(1);
        }
        const struct linger at_once = {1, 0};
        setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(client);
        close(accepted);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[kThreads];
    for (ports = 0; ports < argc - 1; ++ports) {
        CHECK(ports < kMostPorts);
        listeners[ports] = listener(port_argument(argv[ports + 1]), 64);
        idle[ports] = atoi(strchr(argv[ports + 1], '=') + 1);
        pthread_mutex_init(&pairing[ports], NULL);
    }
    CHECK(ports > 0);
    for (intptr_t i = 0; i < kThreads; ++i)
        CHECK(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
    for (int i = 0; i < kThreads; ++i)
        CHECK(pthread_join(threads[i], NULL) == 0);
    say("%d connections", kThreads * kRounds);
    return 0;
}
