// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// For 32-bit systems: the times in their struct stat end in January 2038, and a file's state would not be the one that a
// 64-bit process saw. statx(2) has no such end. Linux before 4.11 lacks it, and filters from that time answer EPERM.
#include "platform/file.h"
#include "platform/system_calls_linux.h"

#include <cerrno>
#include <cstdint>

namespace kashim::platform {
namespace {

template <typename Time>
std::int64_t nanoseconds(const Time& time)
{
    return platform::nanoseconds(time.tv_sec, time.tv_nsec);
}

// As struct stat has the two numbers (new_encode_dev in include/linux/kdev_t.h).
std::uint64_t device_number(std::uint32_t major, std::uint32_t minor)
{
    return (minor & 0xff) | major << 8 | (minor & ~0xffU) << 12;
}

FileStatus status_from(const struct statx& status)
{
    FileStatus result;
    result.regular = S_ISREG(status.stx_mode);
    result.state = {device_number(status.stx_dev_major, status.stx_dev_minor), status.stx_ino, status.stx_size,
                    nanoseconds(status.stx_mtime), nanoseconds(status.stx_ctime)};
    result.owner = status.stx_uid;
    result.group = status.stx_gid;
    result.permissions = status.stx_mode & 07777;
    return result;
}

FileStatus status_from(const struct stat& status)
{
    FileStatus result;
    result.regular = S_ISREG(status.st_mode);
    result.state = {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
                    nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
    result.owner = status.st_uid;
    result.group = status.st_gid;
    result.permissions = status.st_mode & 07777;
    return result;
}

FileStatus failed_status(int error)
{
    FileStatus result;
    result.error = error;
    return result;
}

// Asks the first way, and the second only where the first is not there.
template <typename Wide, typename Narrow>
FileStatus status_by(Wide ask, Narrow ask_old_kernel)
{
    struct statx wide {};
    if (ask(&wide) == 0)
        return status_from(wide);
    if (errno != ENOSYS && errno != EPERM)
        return failed_status(errno);
    struct stat narrow {};
    return ask_old_kernel(&narrow) == 0 ? status_from(narrow) : failed_status(errno);
}

}  // namespace

FileStatus file_status(const char* path)
{
    return status_by([path](struct statx* status) { return statx_at(AT_FDCWD, path, 0, status); },
                     [path](struct stat* status) { return stat_path(path, status); });
}

FileStatus file_status(int fd)
{
    return status_by([fd](struct statx* status) { return statx_at(fd, "", AT_EMPTY_PATH, status); },
                     [fd](struct stat* status) { return stat_descriptor(fd, status); });
}

}  // namespace kashim::platform
