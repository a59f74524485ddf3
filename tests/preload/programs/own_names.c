// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// A program full of names that a careless preloaded library would share with it: libdontdie overwrote its host's
// "debug". They are exported, so the loader binds every library's use of such a name to these.
#include "common.h"

#include <dlfcn.h>

int debug = 11;
int config = 12;
int policy = 13;
int log_level = 14;
int verbose = 15;
int initialized = 16;
int kashim = 17;
char *options = "mine";

void init(void);
void log_message(const char *text);
void tune_outbound(int fd);
void tune_inbound(int fd);
void load_config(void);
void *real_socket(void);

#define MINE(signature)                        \
    signature                                  \
    {                                          \
        say("the program's own name was used"); \
        _exit(1);                              \
    }

MINE(void init(void))
MINE(void log_message(const char *text __attribute__((unused))))
MINE(void tune_outbound(int fd __attribute__((unused))))
MINE(void tune_inbound(int fd __attribute__((unused))))
MINE(void load_config(void))
MINE(void *real_socket(void))

typedef int Socket(int, int, int);

/// A program may wrap a call by asking for the next one, or for the one everybody gets.
static int wrapped(void *where, int domain, int type)
{
    Socket *found;
    *(void **)&found = dlsym(where, "socket");
    CHECK(found != NULL);
    return found(domain, type, 0);
}

int main(int argc, char **argv)
{
    say_values("next", wrapped(RTLD_NEXT, AF_INET, SOCK_STREAM));
    say_values("default", wrapped(RTLD_DEFAULT, AF_INET, SOCK_STREAM));
    void *late = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
    CHECK(late != NULL);
    int (*early_socket)(void);
    *(void **)&early_socket = dlsym(late, "early_socket");
    CHECK(early_socket != NULL);
    say_values("library opened late", early_socket());
    CHECK(dlclose(late) == 0);
    CHECK(debug == 11 && config == 12 && policy == 13 && log_level == 14 && verbose == 15 && initialized == 16 &&
          kashim == 17 && strcmp(options, "mine") == 0);
    return 0;
}
