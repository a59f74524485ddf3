// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/execute.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

extern "C" char** environ;  // which no header of macOS declares

namespace kashim::host {

// Not execvpe(3), which macOS has not got.
int execute(char** arguments, char** environment)
{
    char** const ours = std::exchange(environ, environment);
    ::execvp(arguments[0], arguments);
    environ = ours;
    return errno;
}

char** all_variables()
{
    return environ;
}

}  // namespace kashim::host
