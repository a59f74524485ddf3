// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/system_calls.h"

#include <cerrno>
#include <cstddef>
#include <optional>
#include <span>

namespace kashim::platform {

/// A file open for reading.
class OpenFile {
public:
    explicit OpenFile(const char* path, int more_flags = 0)
        : fd_(open_path(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | more_flags))
    {
    }
    ~OpenFile()
    {
        if (fd_ >= 0)
            close_descriptor(fd_);
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
            const auto got = read_bytes(fd_, memory.data() + filled, memory.size() - filled);
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
