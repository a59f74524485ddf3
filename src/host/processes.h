// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace kashim::host {

/// A process for good: its number alone is used again.
struct ProcessId {
    pid_t pid = 0;
    std::uint64_t start = 0;  ///< clock ticks since boot (proc(5), /proc/PID/stat, field 22)

    friend auto operator<=>(const ProcessId&, const ProcessId&) = default;
};

struct RunningProcess {
    ProcessId id;
    pid_t parent = 0;
};

/// Nothing where there is no such process, or only its remains (a zombie).
std::optional<RunningProcess> process(pid_t pid);

/// Whether there is such a process although /proc does not show it (hidepid, proc(5)).
bool is_hidden(pid_t pid);

/// Every process that /proc shows, zombies and kernel threads left out, sorted by pid.
std::vector<RunningProcess> all_processes();

/// Those of the processes that descend from one of the roots, and the roots.
std::vector<RunningProcess> with_descendants(std::span<const RunningProcess> processes, std::span<const pid_t> roots);

}  // namespace kashim::host
