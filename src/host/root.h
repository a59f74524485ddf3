// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "host/held_path.h"
#include "host/read_at.h"
#include "platform/file.h"

#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <string>
#include <utility>

namespace kashim::host {

/// What stands at a path. It was looked at, not opened: that never waits and starts nothing, whatever it is (FIFO,
/// device, huge file).
class FileEntry {
public:
    FileEntry() = default;
    explicit FileEntry(int error) : error_(error) {}
    explicit FileEntry(HeldPath place);

    explicit operator bool() const { return error_ == 0; }
    int error() const { return error_; }  ///< errno, why there is none

    const struct stat& status() const { return status_; }
    bool is_regular() const { return S_ISREG(status_.st_mode); }
    bool on_nosuid() const;  ///< its mount makes set-user-ID bits and file capabilities void (mount(8))
    bool on_noexec() const;  ///< its mount lets nothing be executed or mapped for execution

    /// The path without symbolic links, as seen from our own root.
    std::string path() const;

    /// An extended attribute (xattr(7)); nothing where it is absent or may not be read. On Linux only.
    std::optional<std::string> attribute(const char* name) const;

    /// Whether this process may execute it, by its effective ids: 0 or errno.
    int may_execute() const;

    /// Opens it for reading, a regular file only; reads nothing otherwise. error() says why afterwards. The answer keeps
    /// the file open.
    ReadAt reader();

    /// The first bytes, at most that many.
    std::string start(std::size_t most);

    /// The whole, as platform::read_file() reads it; what is missing or forbidden is told the same way.
    platform::FileText whole(std::size_t limit);

private:
    HeldPath place_;
    int error_ = ENOENT;
    struct stat status_ {};
};

/// A root folder: ours, or that of a process in another mount namespace or below chroot(2). What is found in it stays in
/// it: absolute symbolic links and ".." start and end there (openat2(2), RESOLVE_IN_ROOT).
class Root {
public:
    /// This process's own.
    Root() = default;

    /// The folder behind the descriptor, such as /proc/PID/root.
    explicit Root(HeldPath folder) : folder_(std::move(folder)) {}

    /// Follows symbolic links. A relative path is relative to our working folder, or to the other root.
    FileEntry find(const std::string& path) const;

private:
    HeldPath folder_;
};

}  // namespace kashim::host
