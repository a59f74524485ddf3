// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// A program that brings its own dl_iterate_phdr(), as some do that throw exceptions in many threads: it tells what the
// program has collected, and that is nothing yet.
#include "common.h"

#include <link.h>

int dl_iterate_phdr(int (*tell)(struct dl_phdr_info *, size_t, void *), void *data)
{
    (void)tell;
    (void)data;
    return 0;
}

int main(void)
{
    say_values("socket", socket(AF_INET, SOCK_STREAM, 0));
    return 0;
}
