// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/memory.h"

#include <cstddef>
#include <string_view>

namespace kashim::platform {

/// What reading a file came to.
struct File {
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

/// Reads a whole regular file of at most limit bytes into memory. Never hangs: the file is looked at before it is opened (opening a FIFO waits
/// for a writer, opening a device may do anything), and again afterwards.
File read_file(const char* path, std::size_t limit);

/// A small file whose size nobody knows beforehand (/proc): as much as fits is read. Empty where it cannot be read.
std::string_view read_start(const char* path, std::span<char> memory);

}  // namespace kashim::platform
