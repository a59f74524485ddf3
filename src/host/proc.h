// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The one reader of /proc/PID (proc(5)). Linux only.
#pragma once

#include "platform/descriptor.h"

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::host {

/// Stands for the caller wherever a process is asked for here. No process has this number.
inline constexpr pid_t kSelf = -1;

/// What is used of /proc/PID/stat (proc_pid_stat(5)).
struct ProcStat {
    char state = '\0';  ///< R, S, Z (zombie), T (stopped), t (stopped by a tracer), X ...
    pid_t parent = 0;
    bool kernel_thread = false;  ///< PF_KTHREAD in include/linux/sched.h
    std::uint64_t start = 0;     ///< clock ticks since boot

    bool has_ended() const { return state == 'Z' || state == 'X'; }
    bool stands_still() const { return state == 'T' || state == 't'; }
};

/// What is used of /proc/PID/status (proc_pid_status(5)).
struct ProcStatus {
    char state = '\0';
    pid_t group = 0;  ///< Tgid: the process that a thread belongs to
    pid_t parent = 0;
    unsigned threads = 1;
    std::array<unsigned, 3> uids{};  ///< real, effective, saved
    std::array<unsigned, 3> gids{};
    std::vector<unsigned> groups;  ///< supplementary
    std::uint64_t permitted = 0;   ///< capabilities(7), a bit each
    std::uint64_t effective = 0;
    unsigned seccomp = 0;  ///< 0: off, 1: strict, 2: a filter (seccomp(2))

    bool has_ended() const { return state == 'Z' || state == 'X'; }
    bool may(int capability) const { return (effective >> capability & 1) != 0; }
};

/// The texts of these files; nothing where something is missing in them. Pure.
std::optional<ProcStat> parse_stat(std::string_view text);
std::optional<ProcStatus> parse_status(std::string_view text);

/// Nothing where the process is gone or hidden.
std::optional<ProcStat> proc_stat(pid_t pid);
std::optional<ProcStatus> proc_status(pid_t pid);

/// "/proc/812/name", "/proc/self/name".
std::string proc_path(pid_t pid, std::string_view name);

/// Where a link such as "exe" or "ns/net" leads; empty where that may not be seen.
std::string proc_link(pid_t pid, std::string_view name);

/// A path of the process's, which the kernel shows from our root on, as the process itself sees it (chroot(2)).
std::string below_root_of(pid_t pid, std::string path);

/// Its present name (comm), which a program may have made empty; nothing where it is gone.
std::optional<std::string> proc_name(pid_t pid);

/// What reading a file of /proc came to.
struct ProcText {
    std::string text;
    int error = 0;  ///< errno
};

/// A status is shorter, even that of a user in 65,536 groups.
inline constexpr std::size_t kMostStatus = std::size_t{1} << 20;

/// The folder of one process, kept open: a number that is given to another process meanwhile does
/// not mislead.
class ProcFolder {
public:
    explicit ProcFolder(pid_t pid);

    explicit operator bool() const { return static_cast<bool>(folder_); }

    platform::Descriptor open_file(const char* name, int flags) const;

    /// The kernel itself answers, at once. At most about that many bytes.
    ProcText read(const char* name, std::size_t most) const;

private:
    platform::Descriptor folder_;
};

}  // namespace kashim::host
