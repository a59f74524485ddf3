// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kashim::platform {

// The C library's stat functions have new symbol versions since glibc 2.33: a library that calls them does not load
// into an older one. 32-bit systems need _FILE_OFFSET_BITS=64, so that struct stat is what the kernel fills.

/// stat(2): 0, or -1 and errno.
inline int stat_path(const char* path, struct stat* status)
{
#if defined(SYS_newfstatat)
    return static_cast<int>(syscall(SYS_newfstatat, AT_FDCWD, path, status, 0));
#else
    return static_cast<int>(syscall(SYS_fstatat64, AT_FDCWD, path, status, 0));
#endif
}

/// fstat(2): 0, or -1 and errno.
inline int stat_descriptor(int fd, struct stat* status)
{
#if defined(SYS_fstat64)
    return static_cast<int>(syscall(SYS_fstat64, fd, status));
#else
    return static_cast<int>(syscall(SYS_fstat, fd, status));
#endif
}

}  // namespace kashim::platform
