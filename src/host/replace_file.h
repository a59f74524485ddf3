// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/file.h"

#include <signal.h>

#include <cstddef>
#include <span>
#include <string>

namespace kashim::host {

/// What became of it: errno is 0 where all went well; doing says what was tried, for a message ("write", "rename" ...).
struct [[nodiscard]] Replaced {
    int error = 0;
    const char* doing = "";
};

/// A file in the making: it is written beside the one whose place it takes, under a name of its own, and is whole and on
/// the disk before it takes it. Until then, and where something fails, nothing has happened. Signals wait meanwhile:
/// whoever interrupts the command finds nothing half made.
class NewFile {
public:
    explicit NewFile(std::string path);
    ~NewFile();
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    /// Why it could not be made.
    const Replaced& problem() const { return problem_; }

    /// The time that this file system gives to what is changed now, in ns since 1970; 0 where it cannot be had.
    std::int64_t clock();

    /// Writes the bytes, with the owner, the group and the permissions of another file (but never for others to write),
    /// and takes the place.
    Replaced replace(std::span<const std::byte> bytes, const platform::FileStatus& like);

private:
    Replaced failed(const char* doing);

    std::string path_;
    std::string temporary_;
    int fd_ = -1;
    Replaced problem_;
    sigset_t signals_{};
};

/// Has what was written to a file through a mapping counted as a change of it, from now on: fsync(2).
void settle_file(const char* path);

}  // namespace kashim::host
