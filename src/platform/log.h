// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace kashim::platform {

enum class Level : std::uint8_t { off, error, warn, info, debug };

/// Where kashim's messages go: KASHIM_LOG_FILE, else stderr. Both are looked at once, when the process starts; a line
/// is one write() and safe in a signal handler.
///
/// Nothing is written to stderr where that is a network socket (inetd's peer would read it), nor once descriptor 2 is no
/// longer what it was: a program that closed it may have opened its data file there.
///
/// The log file stays open, on a high number out of the program's way, because a program that has locked itself up
/// (seccomp) may be killed for opening a file. Once the program has closed it, it is opened anew for each line.
class Log {
public:
    constexpr Log() = default;

    /// path: null or empty for stderr; it must stay valid. Returns 0, or the errno why the file cannot be opened
    /// (messages go to stderr then).
    int open(Level level, const char* path);

    bool says(Level level) const { return level <= level_; }

    /// One line: "kashim[PID]: " before it, in a file the time too, a newline behind it. At most about 400 bytes, the
    /// rest is cut. Leaves errno alone.
    void write(Level level, std::string_view text) const;

private:
    struct Identity {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        bool known = false;
    };
    static Identity identity_of(int fd);
    static bool is_network_socket(int fd);
    static bool same(const Identity& a, const Identity& b)
    {
        return a.known && b.known && a.device == b.device && a.inode == b.inode;
    }

    Level level_ = Level::off;
    const char* path_ = nullptr;
    int fd_ = -1;
    Identity identity_;
};

}  // namespace kashim::platform
