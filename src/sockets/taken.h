// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "host/processes.h"
#include "platform/descriptor.h"
#include "sockets/refusal.h"
#include "sockets/sockets.h"

#include <optional>

namespace kashim::sockets {

/// A descriptor of another process, copied into ours.
struct [[nodiscard]] Taken {
    platform::Descriptor fd;         ///< empty where gone or refused
    bool gone = false;               ///< it is no longer the socket that was listed, or the process has ended
    std::optional<Refusal> refusal;  ///< why it may not be taken

    explicit operator bool() const { return static_cast<bool>(fd); }
};

/// A process, held so that descriptors can be taken from it and from no other that gets its number
/// (pidfd_open(2), Linux 5.3).
class HeldProcess {
public:
    explicit HeldProcess(const host::ProcessId& id);

    const host::ProcessId& id() const { return id_; }
    bool gone() const { return gone_; }
    const std::optional<Refusal>& refusal() const { return refusal_; }

    /// Takes the descriptor (pidfd_getfd(2), Linux 5.6) if it is the socket that was listed: the number may have been
    /// closed and used again since, so the copy is asked for its SO_COOKIE before anybody sees it. A Multipath TCP
    /// socket that fell back to plain TCP may be listed by its subflow, and is known by its inode. The program does not
    /// notice; while the copy is open, a close() of the program's does not end the connection: close it at once.
    Taken take(int fd, const Socket& listed) const;

private:
    host::ProcessId id_;
    platform::Descriptor pidfd_;
    bool gone_ = false;
    std::optional<Refusal> refusal_;
};

}  // namespace kashim::sockets
