// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace kashim::platform {

// System calls that the library makes without the C library's function of the name: each of those is a symbol that the
// loader must find in every process that starts (a third of a microsecond), some are cancellation points (open, read,
// write, close), and some have new versions that an older C library lacks (stat since glibc 2.33). 32-bit systems need
// _FILE_OFFSET_BITS=64, so that struct stat is what the kernel fills.

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

/// When the contents were last changed, and when anything was.
inline const timespec& modified(const struct stat& status)
{
    return status.st_mtim;
}
inline const timespec& changed(const struct stat& status)
{
    return status.st_ctim;
}

/// open(2): the descriptor, or -1 and errno. O_LARGEFILE: without it a 32-bit process may not open what has grown beyond
/// 2 GiB, or write on there.
inline int open_path(const char* path, int flags, mode_t mode = 0)
{
    return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode));
}

inline void close_descriptor(int fd)
{
    syscall(SYS_close, fd);
}

/// read(2), write(2): the number of bytes, or -1 and errno.
inline long read_bytes(int fd, void* memory, std::size_t size)
{
    return syscall(SYS_read, fd, memory, size);
}
inline long write_bytes(int fd, const void* memory, std::size_t size)
{
    return syscall(SYS_write, fd, memory, size);
}

/// The lowest free number that is not below this one, closed at exec (fcntl(2), F_DUPFD_CLOEXEC); or -1 and errno.
inline int duplicate_above(int fd, int number)
{
    return static_cast<int>(syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, number));
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

/// getcwd(3) into the memory: the length without the zero byte behind; 0 or less where it cannot be had.
inline long working_folder(char* memory, std::size_t size)
{
    return syscall(SYS_getcwd, memory, size) - 1;
}

/// What is behind a descriptor opened once more, with flags of its own; -1 and errno where that is not allowed.
inline int open_standard_error(int flags)
{
    return open_path("/proc/self/fd/2", flags);
}

/// Whether a write would not wait, and somebody reads (poll(2)).
inline bool takes_bytes_now(int fd)
{
    pollfd ready{fd, POLLOUT, 0};
    timespec at_once{};
    return syscall(SYS_ppoll, &ready, 1, &at_once, nullptr, 0) == 1 && ready.revents == POLLOUT;
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
inline bool file_size_limit(std::uint64_t& limit)
{
    std::uint64_t both[2] = {};  // struct rlimit64, which not every C library has: the limit in force, and its limit
    if (syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, nullptr, both) != 0)
        return false;
    limit = both[0];
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

/// The address family of a socket; nothing for what is none.
inline std::optional<int> socket_family(int fd)
{
    int domain = 0;
    socklen_t size = sizeof domain;
    return get_option(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 ? std::optional(domain) : std::nullopt;
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

/// Zeroed memory that is counted only once it is touched; null where there is none. populated: all of it now.
inline void* map_memory(std::size_t bytes, bool populated)
{
#if defined(SYS_mmap2)
    constexpr long kMap = SYS_mmap2;
#else
    constexpr long kMap = SYS_mmap;
#endif
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (populated ? MAP_POPULATE : 0);
    const long start = syscall(kMap, nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0L);
    return start == -1 ? nullptr : reinterpret_cast<void*>(start);
}

inline void unmap_memory(void* start, std::size_t bytes)
{
    syscall(SYS_munmap, start, bytes);
}

}  // namespace kashim::platform
