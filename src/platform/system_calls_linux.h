// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace kashim::platform {

// System calls that the library makes without the C library's function of the name: each of those is a symbol that the
// loader must find in every process that starts (a third of a microsecond), and some have new versions that an older C
// library lacks (stat since glibc 2.33). 32-bit systems need _FILE_OFFSET_BITS=64, so that struct stat is what the
// kernel fills.

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

/// statx(2) for what stat tells: 0, or -1 and errno.
inline int statx_at(int folder, const char* path, int flags, struct statx* status)
{
    return static_cast<int>(syscall(SYS_statx, folder, path, flags, STATX_BASIC_STATS, status));
}

/// readlink(2): the length, or -1 and errno.
inline long read_link(const char* path, char* memory, std::size_t size)
{
#if defined(SYS_readlink)
    return syscall(SYS_readlink, path, memory, size);
#else
    return syscall(SYS_readlinkat, AT_FDCWD, path, memory, size);
#endif
}

/// tcgetattr(3). The kernel's structure is shorter than the C library's and begins the same.
inline bool terminal_settings(int fd, termios& settings)
{
    return syscall(SYS_ioctl, fd, TCGETS, &settings) == 0;
}

/// tcgetpgrp(3): false where it is not our terminal.
inline bool foreground_group(int fd, pid_t& group)
{
    return syscall(SYS_ioctl, fd, TIOCGPGRP, &group) == 0;
}

inline pid_t own_group()
{
    return static_cast<pid_t>(syscall(SYS_getpgid, 0));
}

/// The largest file that this process may write (setrlimit(2), RLIMIT_FSIZE), in bytes.
inline bool file_size_limit(rlim64_t& limit)
{
    rlimit64 both{};
    if (syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, nullptr, &both) != 0)
        return false;
    limit = both.rlim_cur;
    return true;
}

/// getsockopt(2) and getsockname(2): 0, or -1 and errno. On 32-bit x86 a kernel before 4.3 has no such calls, only
/// socketcall(2), of which the C library knows.
inline int get_option(int fd, int level, int name, void* value, socklen_t* size)
{
#if defined(__i386__)
    return getsockopt(fd, level, name, value, size);
#else
    return static_cast<int>(syscall(SYS_getsockopt, fd, level, name, value, size));
#endif
}

inline int get_own_name(int fd, sockaddr* address, socklen_t* size)
{
#if defined(__i386__)
    return getsockname(fd, address, size);
#else
    return static_cast<int>(syscall(SYS_getsockname, fd, address, size));
#endif
}

/// Since 1970.
inline std::int64_t seconds_now()
{
#if defined(SYS_clock_gettime64)
    // Of 32-bit systems, since Linux 5.1: the times of clock_gettime(2) end in January 2038 there.
    struct {
        std::int64_t seconds;
        std::int64_t nanoseconds;
    } wide{};
    if (syscall(SYS_clock_gettime64, CLOCK_REALTIME, &wide) == 0)
        return wide.seconds;
#endif
    timespec now{};
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    return now.tv_sec;
}

}  // namespace kashim::platform
