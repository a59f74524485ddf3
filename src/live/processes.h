// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "live/refusal.h"

#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kashim::live {

/// A process for good: its number alone is used again.
struct ProcessId {
    pid_t pid = 0;
    std::uint64_t start = 0;  ///< clock ticks since boot (proc(5), /proc/PID/stat, field 22)

    friend auto operator<=>(const ProcessId&, const ProcessId&) = default;
};

struct Process {
    ProcessId id;
    pid_t parent = 0;
};

/// Nothing where there is no such process, or only its remains (a zombie).
std::optional<Process> process(pid_t pid);

/// Whether there is such a process although /proc does not show it (hidepid, proc(5)).
bool is_hidden(pid_t pid);

/// Every process that /proc shows, zombies and kernel threads left out, sorted by pid.
std::vector<Process> all_processes();

/// Those of the processes that descend from one of the roots, and the roots.
std::vector<Process> with_descendants(std::span<const Process> processes, std::span<const pid_t> roots);

/// The present name of a process (comm); empty where it is gone.
std::string name_of(pid_t pid);

/// The user that a process runs as (its effective uid); nothing where it is gone.
std::optional<uid_t> user_of(pid_t pid);

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

}  // namespace kashim::live
