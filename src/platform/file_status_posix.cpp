// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/file.h"

#include "platform/system_calls.h"

#include <cerrno>
#include <cstdint>

namespace kashim::platform {
namespace {

std::int64_t nanoseconds(const timespec& time)
{
    return platform::nanoseconds(time.tv_sec, time.tv_nsec);
}

FileStatus status_from(const struct stat& status)
{
    FileStatus result;
    result.regular = S_ISREG(status.st_mode);
    result.state = {static_cast<std::uint64_t>(status.st_dev), status.st_ino,
                    static_cast<std::uint64_t>(status.st_size), nanoseconds(modified(status)),
                    nanoseconds(changed(status))};
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

}  // namespace

FileStatus file_status(const char* path)
{
    struct stat status {};
    return stat_path(path, &status) == 0 ? status_from(status) : failed_status(errno);
}

FileStatus file_status(int fd)
{
    struct stat status {};
    return stat_descriptor(fd, &status) == 0 ? status_from(status) : failed_status(errno);
}

}  // namespace kashim::platform
