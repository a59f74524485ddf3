// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/root.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>

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
    if (!*this || !is_regular())
        return reader_of({});
    platform::Descriptor file(::open(place_.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    error_ = file ? 0 : errno;
    return reader_of(std::move(file));
}

FileEntry Root::find(const std::string& path) const
{
    return path.empty() ? FileEntry(ENOENT) : FileEntry(HeldPath(folder_ + path));
}

}  // namespace kashim::host
