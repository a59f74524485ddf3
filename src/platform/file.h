// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/memory.h"
#include "policy/compiled.h"

#include <cstddef>
#include <string_view>

namespace kashim::platform {

/// What reading a file came to.
struct [[nodiscard]] FileText {
    enum class Kind {
        text,         ///< it was read
        absent,       ///< ENOENT, ENOTDIR
        denied,       ///< EACCES, also of a folder on the way
        not_regular,  ///< a folder, a FIFO, a device ...
        too_large,    ///< more than the limit
        failed,       ///< anything else: see error
    };

    Kind kind = Kind::absent;
    int error = 0;  ///< errno, where kind is failed
    Mapping memory;
    std::string_view text;
};

/// What stat(2) tells of a file.
struct [[nodiscard]] FileStatus {
    int error = 0;  ///< errno where there is nothing to tell
    bool regular = false;
    policy::FileState state;
    unsigned owner = 0;
    unsigned group = 0;
    unsigned permissions = 0;  ///< the twelve lower bits of st_mode
};

/// A time of the kernel's in ns since 1970. A file may have any time: what is behind the year 2262 begins anew, and still
/// differs from every other state.
constexpr std::int64_t nanoseconds(std::int64_t seconds, std::int64_t rest)
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(seconds) * 1'000'000'000 +
                                     static_cast<std::uint64_t>(rest));
}

FileStatus file_status(const char* path);
FileStatus file_status(int fd);

/// Reads a whole regular file of at most limit bytes into memory. Never hangs: the file is looked at before it is opened
/// (opening a FIFO waits for a writer, opening a device may do anything), and again afterwards.
FileText read_file(const char* path, std::size_t limit);

/// The same where the file has just been looked at. Another one may have taken its place since.
FileText read_file(const char* path, std::size_t limit, const FileStatus& before);

/// A small file whose size nobody knows beforehand (/proc): as much as fits is read. Empty where it cannot be read.
std::string_view read_start(const char* path, std::span<char> memory);

}  // namespace kashim::platform
