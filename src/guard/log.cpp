// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "guard/log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>

namespace kashim::guard {
namespace {

using platform::Level;

std::string_view variable(const char* name)
{
    const char* const value = std::getenv(name);
    return value != nullptr ? std::string_view(value) : std::string_view{};
}

// syslog(3)'s numbers: 3 error, 4 warning, 6 informational, 7 debug.
int priority_of(Level level)
{
    constexpr std::array kPriorities{3, 3, 4, 6, 7};
    return kPriorities[static_cast<std::size_t>(level)];
}

// The borrower's own number, or -1 and errno.
int borrowed(const platform::Descriptor& lender, int fd)
{
    return static_cast<int>(::syscall(SYS_pidfd_getfd, lender.get(), fd, 0));
}

}  // namespace

std::string GuardLog::file_wanted()
{
    const std::string_view name = variable("KASHIM_LOG_FILE");
    return name.empty() ? std::string() : std::filesystem::absolute(name).string();
}

GuardLog::GuardLog(Level standard, bool quiet, const std::string& file)
{
    const std::string_view word = variable("KASHIM_LOG");
    const std::optional<Level> wanted = platform::level_named(word);
    level_ = wanted.value_or(standard);
    if (quiet)
        level_ = std::min(level_, Level::error);

    const std::string_view journal = variable("JOURNAL_STREAM");
    const auto [end, error] = std::from_chars(journal.data(), journal.data() + journal.size(), journal_device_);
    if (error == std::errc() && end != journal.data() + journal.size())
        std::from_chars(end + 1, journal.data() + journal.size(), journal_inode_);

    // Which levels are said is decided here; opened for more than errors it would keep a terminal open.
    const int refused = log_.open(level_ == Level::off ? Level::off : Level::error, file.c_str());
    to_file_ = !file.empty() && refused == 0;
    if (!word.empty() && !wanted)
        say(Level::error,
            fmt::format("KASHIM_LOG: error: \"{}\" is no level; expected {}", word, platform::kLevelsText));
    if (refused != 0)
        say(Level::error, fmt::format("{}: error: KASHIM_LOG_FILE names this file, but it cannot be written: {}", file,
                                      std::strerror(refused)));
}

bool GuardLog::is_journal() const
{
    struct stat status {};
    return journal_inode_ != 0 && ::fstat(STDERR_FILENO, &status) == 0 && status.st_dev == journal_device_ &&
           status.st_ino == journal_inode_;
}

void GuardLog::write(Level level, std::string_view text)
{
    if (to_file_ || !is_journal()) {
        log_.write(Level::error, text);
        return;
    }
    const std::string line = fmt::format("<{}>{}\n", priority_of(level), text);
    ::send(STDERR_FILENO, line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void GuardLog::say(Level level, std::string_view text)
{
    if (!says(level))
        return;
    const platform::Descriptor theirs(lender_ && !to_file_ ? borrowed(lender_, STDERR_FILENO) : -1);
    if (theirs)
        ::dup2(theirs.get(), STDERR_FILENO);
    write(level, text);
    if (theirs)
        ::dup2(nothing_.get(), STDERR_FILENO);
}

void GuardLog::borrow_from(pid_t program)
{
    lender_ = platform::Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, program, 0)));
    nothing_ = platform::Descriptor(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const platform::Descriptor tried(lender_ ? borrowed(lender_, STDERR_FILENO) : -1);
    const bool can_be_had = tried || errno == EBADF;  // EBADF: it has closed it already
    if (can_be_had && nothing_)
        ::dup2(nothing_.get(), STDERR_FILENO);
    else
        lender_.reset();
}

}  // namespace kashim::guard
