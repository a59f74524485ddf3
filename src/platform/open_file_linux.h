// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <optional>
#include <span>

namespace kashim::platform {

/// A file open for reading. Bare system calls: open, read and close of the C library are cancellation points.
class OpenFile {
public:
    explicit OpenFile(const char* path, int more_flags = 0)
        : fd_(static_cast<int>(
              syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | more_flags, 0)))
    {
    }
    ~OpenFile()
    {
        if (fd_ >= 0)
            syscall(SYS_close, fd_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    explicit operator bool() const { return fd_ >= 0; }
    int number() const { return fd_; }

    /// Until the end of the file or of the memory; nothing on an error.
    std::optional<std::size_t> read(std::span<char> memory) const
    {
        std::size_t filled = 0;
        while (filled < memory.size()) {
            const auto got = syscall(SYS_read, fd_, memory.data() + filled, memory.size() - filled);
            if (got == 0)
                break;
            if (got < 0 && errno != EINTR)
                return std::nullopt;
            filled += got > 0 ? static_cast<std::size_t>(got) : 0;
        }
        return filled;
    }

private:
    int fd_;
};

}  // namespace kashim::platform
