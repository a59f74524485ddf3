// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

struct stat;

namespace kashim::platform {

enum class Level : std::uint8_t { off, error, warn, info, debug };

/// What KASHIM_LOG may say; in words for a message; and the level of such a word.
inline constexpr std::string_view kLevelNames[] = {"off", "error", "warn", "info", "debug"};
inline constexpr std::string_view kLevelsText = "off, error, warn, info or debug";
constexpr std::optional<Level> level_named(std::string_view name)
{
    for (std::size_t i = 0; i < std::size(kLevelNames); ++i) {
        if (kLevelNames[i] == name)
            return static_cast<Level>(i);
    }
    return std::nullopt;
}

/// Where kashim's messages go: KASHIM_LOG_FILE, else stderr. Both are looked at once, when the process starts; a line
/// is one write() and safe in a signal handler.
///
/// Nothing is written to stderr where that is a network socket (inetd's peer would read it), nor once descriptor 2 is no
/// longer what it was: a program that closed it may have opened its data file there.
///
/// A line that would have to wait, would stop a background program at its terminal (SIGTTOU), or would pass the process's limit for files, is lost: the program comes first.
///
/// The log file stays open, on a high number out of the program's way, because a program that has locked itself up
/// (seccomp) may be killed for opening a file. Once the program has closed it, it is opened anew for each line.
class Log {
public:
    constexpr Log() = default;

    /// path: null or empty for stderr; a relative one is of the working folder now. It is copied: programs write over their
    /// environment (setproctitle). Returns 0, or the errno why the file cannot be opened (messages go to stderr then).
    int open(Level level, const char* path);

    bool says(Level level) const { return level <= level_; }

    /// One line: "kashim[PID]: " before it, in a file the time too, a newline behind it. At most about 400 bytes, the
    /// rest is cut. Leaves errno alone.
    void write(Level level, std::string_view text) const;

private:
    void remember(int fd);

    // False where the descriptor is not what was opened at load.
    enum class Opened : std::uint8_t { at_load, just_now };
    bool write_to(int fd, Opened opened, std::string_view line) const;
    void write_to_terminal(int fd, const struct stat& status, std::string_view line) const;

    Level level_ = Level::off;
    bool to_file_ = false;
    int fd_ = -1;
    int terminal_ = -1;
    bool known_ = false;
    std::uint64_t device_ = 0;
    std::uint64_t inode_ = 0;
    std::uint64_t limit_ = ~std::uint64_t{0};  // RLIMIT_FSIZE
};

}  // namespace kashim::platform
