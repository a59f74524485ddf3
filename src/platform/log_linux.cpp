// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/log.h"

#include "platform/errno_guard.h"
#include "platform/process.h"
#include "platform/stat_linux.h"
#include "platform/text.h"

#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include <array>
#include <chrono>

namespace kashim::platform {
namespace {

constexpr std::size_t kLongestLine = 448;

// High enough that a program's own descriptors keep their numbers, low enough for any limit.
constexpr int kHighNumbers[] = {900, 200, 60};

// Bare system calls: write, open and close of the C library are cancellation points, and a hook like socket() is none.
int open_file(const char* path)
{
    constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, kFlags, 0640));
}

void close_file(int fd)
{
    syscall(SYS_close, fd);
}

// Moves a descriptor to a high number; it stays where it is only if there is no room.
int moved_up(int fd)
{
    for (const int number : kHighNumbers) {
        const auto moved = static_cast<int>(syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, number));
        if (moved >= 0) {
            close_file(fd);
            return moved;
        }
    }
    return fd;
}

// ISO 8601 in UTC, computed here: the C library's functions take locks and read files.
void append_time(Text& line)
{
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    const std::chrono::sys_seconds time{std::chrono::seconds(now.tv_sec)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    line.padded(int{date.year()}, 4) << "-";
    line.padded(unsigned{date.month()}, 2) << "-";
    line.padded(unsigned{date.day()}, 2) << "T";
    line.padded(clock.hours().count(), 2) << ":";
    line.padded(clock.minutes().count(), 2) << ":";
    line.padded(clock.seconds().count(), 2) << "Z ";
}

// A line that would have to wait (a full pipe), or that nobody reads any more (SIGPIPE would kill the program), is lost.
void write_line(int fd, std::string_view line)
{
    pollfd ready{fd, POLLOUT, 0};
    timespec at_once{};
    if (syscall(SYS_ppoll, &ready, 1, &at_once, nullptr, 0) == 1 && ready.revents == POLLOUT)
        syscall(SYS_write, fd, line.data(), line.size());
}

}  // namespace

Log::Identity Log::identity_of(int fd)
{
    struct stat status{};
    if (stat_descriptor(fd, &status) != 0)
        return {};
    return {status.st_dev, status.st_ino, true};
}

bool Log::is_network_socket(int fd)
{
    int domain = 0;
    socklen_t size = sizeof domain;
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain != AF_UNIX;
}

int Log::open(Level level, const char* path)
{
    level_ = level;
    int error = 0;
    if (level == Level::off)
        return 0;
    if (path != nullptr && *path != '\0') {
        const int fd = open_file(path);
        if (fd >= 0) {
            path_ = path;
            fd_ = moved_up(fd);
            identity_ = identity_of(fd_);
            return 0;
        }
        error = errno;
    }
    fd_ = STDERR_FILENO;
    if (!is_network_socket(fd_))
        identity_ = identity_of(fd_);
    return error;
}

void Log::write(Level level, std::string_view text) const
{
    if (!says(level))
        return;
    const ErrnoGuard keep_errno;
    std::array<char, kLongestLine> memory;
    Text line(memory);
    if (path_ != nullptr)
        append_time(line);
    line << "kashim[" << std::int64_t{process_id()} << "]: " << text;
    line.end_line();

    if (same(identity_of(fd_), identity_)) {
        write_line(fd_, line.view());
    } else if (path_ != nullptr) {
        const int fd = open_file(path_);
        if (fd < 0)
            return;
        write_line(fd, line.view());
        close_file(fd);
    }
}

}  // namespace kashim::platform
