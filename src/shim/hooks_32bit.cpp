// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// For 32-bit systems: under _TIME_BITS=64 the header of glibc (since 2.34) gives setsockopt this name, because two of the
// options hold times. Ours hold none, so the step is the same.
#include "platform/interpose.h"
#include "shim/tune.h"

#include <sys/socket.h>

// The header has it for such programs only.
extern "C" int __setsockopt64(int fd, int level, int name, const void* value, socklen_t size) noexcept;

using namespace kashim::shim;

KASHIM_INTERPOSE(int, __setsockopt64, (int fd, int level, int name, const void* value, socklen_t size))
{
    if (!follows_changes(level))
        return KASHIM_REAL(__setsockopt64)(fd, level, name, value, size);
    const Change change = about_to_change(fd, level, name);
    return changed(change, KASHIM_REAL(__setsockopt64)(fd, level, name, value, size));
}
