// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

// The twins that are no cancellation points (sys/cdefs.h: __DARWIN_NON_CANCELABLE). libSystem exports them for both
// kinds of processor.
extern "C" {
decltype(::open) kashim_open_nocancel __asm("_open$NOCANCEL");
decltype(::close) kashim_close_nocancel __asm("_close$NOCANCEL");
decltype(::read) kashim_read_nocancel __asm("_read$NOCANCEL");
decltype(::write) kashim_write_nocancel __asm("_write$NOCANCEL");
decltype(::fcntl) kashim_fcntl_nocancel __asm("_fcntl$NOCANCEL");
decltype(::poll) kashim_poll_nocancel __asm("_poll$NOCANCEL");
}

namespace kashim::platform {

/// stat(2): 0, or -1 and errno.
inline int stat_path(const char* path, struct stat* status)
{
    return ::stat(path, status);
}

/// fstat(2): 0, or -1 and errno.
inline int stat_descriptor(int fd, struct stat* status)
{
    return ::fstat(fd, status);
}

/// When the contents were last changed, and when anything was.
inline const timespec& modified(const struct stat& status)
{
    return status.st_mtimespec;
}
inline const timespec& changed(const struct stat& status)
{
    return status.st_ctimespec;
}

/// open(2): the descriptor, or -1 and errno.
inline int open_path(const char* path, int flags, mode_t mode = 0)
{
    return kashim_open_nocancel(path, flags, int{mode});
}

inline void close_descriptor(int fd)
{
    kashim_close_nocancel(fd);
}

/// read(2), write(2): the number of bytes, or -1 and errno.
inline long read_bytes(int fd, void* memory, std::size_t size)
{
    return kashim_read_nocancel(fd, memory, size);
}
inline long write_bytes(int fd, const void* memory, std::size_t size)
{
    return kashim_write_nocancel(fd, memory, size);
}

/// The lowest free number that is not below this one, closed at exec (fcntl(2), F_DUPFD_CLOEXEC); or -1 and errno.
inline int duplicate_above(int fd, int number)
{
    return kashim_fcntl_nocancel(fd, F_DUPFD_CLOEXEC, number);
}

/// The working folder into the memory: the length without the zero byte behind; 0 or less where it cannot be had. Asked
/// of a descriptor: getcwd(3) may take memory from malloc.
inline long working_folder(char* memory, std::size_t size)
{
    std::array<char, PATH_MAX> path{};  // as F_GETPATH wants it
    const int fd = open_path(".", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    const bool known = kashim_fcntl_nocancel(fd, F_GETPATH, path.data()) == 0;
    close_descriptor(fd);
    const std::size_t length = std::strlen(path.data());
    if (!known || length >= size)
        return -1;
    std::memcpy(memory, path.data(), length + 1);
    return static_cast<long>(length);
}

/// What is behind standard error opened once more, with flags of its own; -1 and errno where that is not allowed.
/// (/dev/fd/2 would not do: opening that is dup(2), and the flags stay shared.)
inline int open_standard_error(int flags)
{
    std::array<char, PATH_MAX> path{};
    return kashim_fcntl_nocancel(STDERR_FILENO, F_GETPATH, path.data()) == 0 ? open_path(path.data(), flags) : -1;
}

/// Whether a write would not wait, and somebody reads (poll(2)).
inline bool takes_bytes_now(int fd)
{
    pollfd ready{fd, POLLOUT, 0};
    return kashim_poll_nocancel(&ready, 1, 0) == 1 && ready.revents == POLLOUT;
}

/// The address family of a socket; nothing for what is none. (There is no SO_DOMAIN.)
inline std::optional<int> socket_family(int fd)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const bool known = getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    return known ? std::optional<int>(address.ss_family) : std::nullopt;
}

inline bool terminal_settings(int fd, termios& settings)
{
    return ::tcgetattr(fd, &settings) == 0;
}

/// tcgetpgrp(3): false where it is not our terminal.
inline bool foreground_group(int fd, pid_t& group)
{
    group = ::tcgetpgrp(fd);
    return group >= 0;
}

inline pid_t own_group()
{
    return ::getpgrp();
}

/// The largest file that this process may write (setrlimit(2), RLIMIT_FSIZE), in bytes.
inline bool file_size_limit(std::uint64_t& limit)
{
    rlimit both{};
    if (::getrlimit(RLIMIT_FSIZE, &both) != 0)
        return false;
    limit = both.rlim_cur;
    return true;
}

inline time_t seconds_now()
{
    return ::time(nullptr);
}

/// Zeroed memory that is counted only once it is touched; null where there is none. This kernel has no way to have it
/// populated at once.
inline void* map_memory(std::size_t bytes, bool /*populated*/)
{
    void* const start = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    return start == MAP_FAILED ? nullptr : start;
}

inline void unmap_memory(void* start, std::size_t bytes)
{
    ::munmap(start, bytes);
}

}  // namespace kashim::platform
