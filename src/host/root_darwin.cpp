// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/root.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <memory>

namespace kashim::host {
namespace {

std::uint32_t mount_flags(const std::string& path)
{
    struct statfs mount {};
    return ::statfs(path.c_str(), &mount) == 0 ? mount.f_flags : 0;
}

}  // namespace

FileEntry::FileEntry(HeldPath place) : place_(std::move(place)), error_(0)
{
    if (::stat(place_.c_str(), &status_) != 0)
        error_ = errno;
}

bool FileEntry::on_nosuid() const
{
    return (mount_flags(place_) & MNT_NOSUID) != 0;
}

bool FileEntry::on_noexec() const
{
    return (mount_flags(place_) & MNT_NOEXEC) != 0;
}

std::string FileEntry::path() const
{
    std::array<char, PATH_MAX> memory;
    return ::realpath(place_.c_str(), memory.data()) != nullptr ? std::string(memory.data()) : std::string();
}

int FileEntry::may_execute() const
{
    return ::faccessat(AT_FDCWD, place_.c_str(), X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

ReadAt FileEntry::reader()
{
    const auto nothing = [](std::uint64_t, std::span<char>) { return std::size_t{0}; };
    if (!*this || !is_regular())
        return nothing;
    const auto opened =
        std::make_shared<platform::Descriptor>(::open(place_.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!*opened) {
        error_ = errno;
        return nothing;
    }
    return [opened](std::uint64_t offset, std::span<char> memory) {
        std::size_t filled = 0;
        while (filled < memory.size() && offset <= INT64_MAX - memory.size()) {
            const ssize_t got = ::pread(opened->get(), memory.data() + filled, memory.size() - filled,
                                        static_cast<off_t>(offset + filled));
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                break;
            filled += static_cast<std::size_t>(got);
        }
        return filled;
    };
}

FileEntry Root::find(const std::string& path) const
{
    return path.empty() ? FileEntry(ENOENT) : FileEntry(HeldPath(folder_ + path));
}

}  // namespace kashim::host
