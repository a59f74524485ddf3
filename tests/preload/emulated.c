// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT

// Stands under the name of a program that was built for another machine, which is in the folder KASHIM_FOREIGN under the
// same name, and becomes the emulator (qemu-user) with it. A program of this machine, so that every program here can
// execute it; statically linked, so that the other machine's library is not preloaded into itself.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const char *name = strrchr((const char *)getauxval(AT_EXECFN), '/');
    char program[4096];
    snprintf(program, sizeof program, "%s/%s", KASHIM_FOREIGN, name != NULL ? name + 1 : argv[0]);

    char *const first[] = {KASHIM_EMULATOR, "-L", KASHIM_ROOT, "-0", argv[0], program};
    enum { kFirst = sizeof first / sizeof *first };
    char **arguments = calloc(kFirst + (size_t)argc, sizeof *arguments);
    memcpy(arguments, first, sizeof first);
    memcpy(arguments + kFirst, argv + 1, (size_t)argc * sizeof *argv);  // with the null pointer at the end
    execvp(KASHIM_EMULATOR, arguments);
    perror(KASHIM_EMULATOR);
    return 126;
}
