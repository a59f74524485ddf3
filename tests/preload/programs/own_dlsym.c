// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// A program that brings its own dlsym(), as tracers and game overlays do: it finds nothing, or, with OWN_DLSYM=first,
// what the program itself gets by the name, whoever else is asking and for whatever comes behind him.
#include "common.h"

void *dlsym(void *restrict handle, const char *restrict name);

void *dlsym(void *restrict handle, const char *restrict name)
{
    static const struct {
        const char *name;
        void *function;
    } known[] = {{"socket", (void *)socket}, {"connect", (void *)connect}, {"listen", (void *)listen},
                 {"accept", (void *)accept}, {"accept4", (void *)accept4}, {"setsockopt", (void *)setsockopt}};
    (void)handle;
    const char *wanted = getenv("OWN_DLSYM");
    for (size_t i = 0; wanted != NULL && i < sizeof known / sizeof *known; ++i)
        if (strcmp(known[i].name, name) == 0)
            return known[i].function;
    return NULL;
}

int main(void)
{
    const int listening = listener(0, 4);
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    CHECK(setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
    CHECK(connect_to(client, port_of(listening)) == 0);
    const int accepted = accept(listening, NULL, NULL);
    CHECK(accepted >= 0);
    CHECK(connect_to(socket(AF_INET, SOCK_STREAM, 0), port_of(listening)) == 0);
    CHECK(accept4(listening, NULL, NULL, SOCK_CLOEXEC) >= 0);
    say_values("client", client);
    say_values("accepted", accepted);
    return 0;
}
