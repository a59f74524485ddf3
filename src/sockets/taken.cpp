// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/taken.h"

#include "platform/socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace kashim::sockets {
namespace {

// The same numbers on every architecture; glibc has wrappers from 2.36 on only.
constexpr long kPidfdOpen = 434;
constexpr long kPidfdGetfd = 438;

bool is_the_listed(int fd, const Socket& listed)
{
    std::uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) != 0)
        return false;
    if (cookie == listed.cookie)
        return true;
    int protocol = 0;
    size = sizeof protocol;
    struct stat status {};
    return getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0 && protocol == platform::kMultipathTcp &&
           fstat(fd, &status) == 0 && status.st_ino == listed.inode;
}

}  // namespace

HeldProcess::HeldProcess(const host::ProcessId& id) : id_(id), pidfd_(static_cast<int>(syscall(kPidfdOpen, id.pid, 0)))
{
    if (!pidfd_) {
        refusal_ = why_not_taken(id.pid, errno);
        gone_ = refusal_->why == Refusal::Why::gone;
        return;
    }
    // Only now does the number stand for one process: was it the one that was meant?
    errno = 0;
    const auto there = host::process(id.pid);
    if (!there && (errno == EMFILE || errno == ENFILE))
        refusal_ = why_not_taken(id.pid, errno);
    else
        gone_ = !there || there->id != id;
}

Taken HeldProcess::take(int fd, const Socket& listed) const
{
    Taken taken;
    taken.gone = gone_;
    if (gone_ || refusal_) {
        taken.refusal = refusal_;
        return taken;
    }
    taken.fd = platform::Descriptor(static_cast<int>(syscall(kPidfdGetfd, pidfd_.get(), fd, 0)));
    if (!taken.fd) {
        const int error = errno;
        taken.gone = error == EBADF || error == ESRCH;
        if (!taken.gone)
            taken.refusal = why_not_taken(id_.pid, error);
        if (taken.refusal && taken.refusal->why == Refusal::Why::gone)
            taken.gone = true;
    } else if (!is_the_listed(taken.fd.get(), listed)) {
        taken.fd.reset();
        taken.gone = true;
    }
    if (taken.gone)
        taken.refusal.reset();
    return taken;
}

}  // namespace kashim::sockets
