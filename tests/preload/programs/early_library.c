// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// A library whose constructor uses sockets before the preloaded one's constructor has run: libdontdie and others died
// there of a null function pointer. It stays usable: early_socket() is what it made.
#include "common.h"

static int made;
static int listening;

int early_socket(void);
int early_listener(void);

__attribute__((constructor)) static void connect_early(void)
{
    listening = listener(0, 4);
    made = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(made >= 0);
    const int on = 1;
    CHECK(setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
    CHECK(connect_to(made, port_of(listening)) == 0);
    const int accepted = accept(listening, NULL, NULL);
    CHECK(accepted >= 0);
    close(accepted);
}

int early_socket(void)
{
    return made;
}

int early_listener(void)
{
    return listening;
}
