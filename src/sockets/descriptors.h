// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "sockets/refusal.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace kashim::sockets {

/// A descriptor of a process that is a socket of some kind.
struct SocketDescriptor {
    int fd = -1;
    std::uint32_t inode = 0;
};

/// The sockets among the descriptors of a process, sorted by number.
struct SocketDescriptors {
    std::vector<SocketDescriptor> sockets;
    std::optional<Refusal> refusal;  ///< why = gone where the process is
};
/// wanted(fd): whether a number is worth looking at, which is what costs; empty: all are.
SocketDescriptors socket_descriptors(pid_t pid, const std::function<bool(int)>& wanted = {});

}  // namespace kashim::sockets
