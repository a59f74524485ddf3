// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// For the command. Never part of the library.
#include "host/replace_file.h"

#include "platform/open_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace kashim::host {

NewFile::NewFile(std::string path) : path_(std::move(path)), temporary_(path_ + ".XXXXXX")
{
    sigset_t all;
    sigfillset(&all);  // a macro on macOS
    ::sigprocmask(SIG_BLOCK, &all, &signals_);
    fd_ = ::mkostemp(temporary_.data(), O_CLOEXEC);
    if (fd_ < 0)
        problem_ = {errno, "create"};
}

NewFile::~NewFile()
{
    if (fd_ >= 0) {
        ::close(fd_);
        if (!temporary_.empty())
            ::unlink(temporary_.c_str());
    }
    ::sigprocmask(SIG_SETMASK, &signals_, nullptr);
}

std::int64_t NewFile::clock()
{
    const char byte = 0;
    if (::pwrite(fd_, &byte, 1, 0) != 1)
        return 0;
    const platform::FileStatus status = platform::file_status(fd_);
    return status.error == 0 ? status.state.changed : 0;
}

Replaced NewFile::failed(const char* doing)
{
    return {errno, doing};
}

Replaced NewFile::replace(std::span<const std::byte> bytes, const platform::FileStatus& like)
{
    if (fd_ < 0)
        return problem_;
    while (!bytes.empty()) {
        static_assert(sizeof(off_t) == 8);
        const ssize_t wrote = ::write(fd_, bytes.data(), bytes.size());
        if (wrote < 0 && errno != EINTR)
            return failed("write");
        bytes = bytes.subspan(wrote > 0 ? static_cast<std::size_t>(wrote) : 0);
    }
    // The group is worth a try: a user may not be in it.
    if (::fchown(fd_, like.owner, like.group) != 0 && ::fchown(fd_, like.owner, static_cast<gid_t>(-1)) != 0)
        return failed("give its owner to");
    if (::fchmod(fd_, static_cast<mode_t>(like.permissions & 0777 & ~unsigned{S_IWGRP | S_IWOTH})) != 0)
        return failed("set the permissions of");
    if (::fsync(fd_) != 0)
        return failed("write");
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0)
        return failed("rename");
    temporary_.clear();
    settle_file(path_.substr(0, path_.find_last_of('/') + 1).append(".").c_str());  // the folder
    return {};
}

void settle_file(const char* path)
{
    const platform::OpenFile descriptor(path);
    if (descriptor)
        ::fsync(descriptor.number());
}

}  // namespace kashim::host
