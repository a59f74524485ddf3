// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/log.h"

#include "platform/errno_guard.h"
#include "platform/process.h"
#include "platform/system_calls.h"
#include "platform/text.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

namespace kashim::platform {
namespace {

constexpr std::size_t kLongestLine = 448;

// High enough that a program's own descriptors keep their numbers, low enough for any limit.
constexpr int kHighNumbers[] = {900, 200, 60};

// In .bss, apart from the object: 4 KiB that most processes never touch.
constinit std::array<char, 4096> file_path{};

// The path as an absolute one; false where it does not fit.
bool remember_path(const char* path)
{
    std::size_t size = 0;
    if (*path != '/') {
        const long got = working_folder(file_path.data(), file_path.size() - 1);
        if (got <= 0)
            return false;
        size = static_cast<std::size_t>(got);
        file_path[size++] = '/';
    }
    const std::size_t length = std::strlen(path) + 1;
    if (length > file_path.size() - size) {
        errno = ENAMETOOLONG;
        return false;
    }
    std::memcpy(file_path.data() + size, path, length);
    return true;
}

int open_file(const char* path)
{
    return open_path(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);
}

// Moves a descriptor to a high number; it stays where it is only if there is no room.
int moved_up(int fd)
{
    for (const int number : kHighNumbers) {
        const auto moved = duplicate_above(fd, number);
        if (moved >= 0) {
            close_descriptor(fd);
            return moved;
        }
    }
    return fd;
}

// ISO 8601 in UTC, computed here: the C library's functions take locks and read files.
void append_time(Text& line)
{
    const std::chrono::sys_seconds time{std::chrono::seconds(seconds_now())};
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

bool is_terminal(int fd)
{
    termios settings{};
    return terminal_settings(fd, settings);
}

// Where "stty tostop" is in force, whoever writes from the background is stopped (tty_check_change in
// drivers/tty/tty_jobctrl.c).
bool would_stop_us(int fd)
{
    termios settings{};
    pid_t foreground = 0;
    return terminal_settings(fd, settings) && (settings.c_lflag & TOSTOP) != 0 && foreground_group(fd, foreground) &&
           foreground != own_group();
}

// The terminal behind standard error, opened once more so that a write does not wait: poll() promises room for one byte
// only, and a terminal that nobody reads (Ctrl-S) would hold the program. Fails where it is another user's.
int open_terminal()
{
    return open_standard_error(O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

// A line that would have to wait (a full pipe), or that nobody reads any more (SIGPIPE would kill the program), is lost.
bool would_do(int fd, const struct stat& status)
{
    return S_ISREG(status.st_mode) || takes_bytes_now(fd);
}

bool is_network_socket(int fd)
{
    const std::optional<int> family = socket_family(fd);
    return family && *family != AF_UNIX;
}

}  // namespace

void Log::remember(int fd)
{
    fd_ = fd;
    struct stat status {};
    known_ = stat_descriptor(fd, &status) == 0;
    device_ = static_cast<std::uint64_t>(status.st_dev);
    inode_ = status.st_ino;
}

bool Log::write_to(int fd, Opened opened, std::string_view line) const
{
    struct stat status {};
    if (stat_descriptor(fd, &status) != 0)
        return false;
    if (opened == Opened::at_load &&
        !(known_ && static_cast<std::uint64_t>(status.st_dev) == device_ && status.st_ino == inode_))
        return false;
    // A file that passes the limit of the process would kill it with SIGXFSZ.
    const bool fits = !S_ISREG(status.st_mode) || static_cast<std::uint64_t>(status.st_size) + line.size() <= limit_;
    if (fits && S_ISCHR(status.st_mode) && is_terminal(fd))
        write_to_terminal(fd, status, line);
    else if (fits && would_do(fd, status))
        write_bytes(fd, line.data(), line.size());
    return true;
}

void Log::write_to_terminal(int fd, const struct stat& status, std::string_view line) const
{
    if (would_stop_us(fd))
        return;
    struct stat own {};
    const bool has_own = terminal_ >= 0 && stat_descriptor(terminal_, &own) == 0 && own.st_dev == status.st_dev &&
                         own.st_ino == status.st_ino;
    const int opened = has_own ? -1 : open_terminal();
    const int out = has_own ? terminal_ : opened >= 0 ? opened : fd;
    if (out != fd || would_do(fd, status))
        write_bytes(out, line.data(), line.size());
    if (opened >= 0)
        close_descriptor(opened);
}

int Log::open(Level level, const char* path)
{
    level_ = level;
    int error = 0;
    if (level == Level::off)
        return 0;
    file_size_limit(limit_);
    if (path != nullptr && *path != '\0') {
        const int fd = remember_path(path) ? open_file(file_path.data()) : -1;
        if (fd >= 0) {
            to_file_ = true;
            remember(moved_up(fd));
            return 0;
        }
        error = errno;
    }
    if (is_network_socket(STDERR_FILENO))
        return error;
    remember(STDERR_FILENO);
    // Errors are said at load only, and then it is opened for the line.
    if (level > Level::error && is_terminal(STDERR_FILENO)) {
        const int terminal = open_terminal();
        terminal_ = terminal >= 0 ? moved_up(terminal) : -1;
    }
    return error;
}

void Log::write(Level level, std::string_view text) const
{
    if (!says(level))
        return;
    const ErrnoGuard keep_errno;
    std::array<char, kLongestLine> memory;
    Text line(memory);
    if (to_file_)
        append_time(line);
    line << "kashim[" << std::int64_t{process_id()} << "]: " << text;
    line.end_line();

    if (write_to(fd_, Opened::at_load, line.view()) || !to_file_)
        return;
    const int fd = open_file(file_path.data());
    if (fd < 0)
        return;
    write_to(fd, Opened::just_now, line.view());
    close_descriptor(fd);
}

}  // namespace kashim::platform
