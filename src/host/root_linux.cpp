// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/root.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

namespace kashim::host {
namespace {

// Leads to the very file that a descriptor stands for, also where that was opened with O_PATH.
std::string by_descriptor(int fd)
{
    return "/proc/self/fd/" + std::to_string(fd);
}

unsigned long mount_flags(int fd)
{
    struct statvfs mount {};
    return fstatvfs(fd, &mount) == 0 ? mount.f_flag : 0;
}

}  // namespace

FileEntry::FileEntry(HeldPath place) : place_(std::move(place)), error_(0)
{
    if (!place_ || fstat(place_.get(), &status_) != 0)
        error_ = errno;
}

bool FileEntry::on_nosuid() const
{
    return (mount_flags(place_.get()) & ST_NOSUID) != 0;
}

bool FileEntry::on_noexec() const
{
    return (mount_flags(place_.get()) & ST_NOEXEC) != 0;
}

std::string FileEntry::path() const
{
    std::array<char, PATH_MAX> memory;
    const ssize_t size = readlink(by_descriptor(place_.get()).c_str(), memory.data(), memory.size());
    return size > 0 ? std::string(memory.data(), static_cast<std::size_t>(size)) : std::string();
}

std::optional<std::string> FileEntry::attribute(const char* name) const
{
    std::array<char, 1024> memory;
    const ssize_t size = getxattr(by_descriptor(place_.get()).c_str(), name, memory.data(), memory.size());
    if (size < 0)
        return std::nullopt;
    return std::string(memory.data(), static_cast<std::size_t>(size));
}

int FileEntry::may_execute() const
{
    return faccessat(AT_FDCWD, by_descriptor(place_.get()).c_str(), X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

ReadAt FileEntry::reader()
{
    if (!*this || !is_regular())
        return reader_of({});
    platform::Descriptor file(open(by_descriptor(place_.get()).c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    error_ = file ? 0 : errno;
    return reader_of(std::move(file));
}

FileEntry Root::find(const std::string& path) const
{
    constexpr int kLook = O_PATH | O_CLOEXEC;
    if (!folder_) {
        platform::Descriptor found(open(path.c_str(), kLook));
        return found ? FileEntry(std::move(found)) : FileEntry(errno);
    }
    open_how how{};
    how.flags = kLook;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    platform::Descriptor found(static_cast<int>(syscall(SYS_openat2, folder_.get(), path.c_str(), &how, sizeof how)));
    return found ? FileEntry(std::move(found)) : FileEntry(errno);
}

}  // namespace kashim::host
