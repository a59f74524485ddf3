// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "host/processes.h"
#include "policy/program_policy.h"
#include "sockets/set.h"
#include "sockets/snapshot.h"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace kashim::sockets {

/// A socket that could not be taken.
struct NotTaken {
    int fd = -1;
    const Socket* socket = nullptr;  ///< of the snapshot
    Refusal refusal;
};

/// What became of the sockets of one process. Each of its sockets is counted in exactly one of set, right,
/// left_to_program, left_by_rule, decided_elsewhere, gone, or is in not_taken.
struct ProcessResult {
    host::ProcessId id;
    std::string name;                   ///< comm
    std::size_t set = 0;                ///< or would be, in a dry run
    std::size_t right = 0;              ///< as the rule says
    std::size_t left_to_program = 0;    ///< nothing to set: where it is otherwise the program wants it so ("respect")
    std::size_t left_by_rule = 0;       ///< "leave"
    std::size_t decided_elsewhere = 0;  ///< an older process shares it, and decides
    std::size_t gone = 0;               ///< closed meanwhile
    std::vector<SocketChange> changes;  ///< one for each that counts in set
    std::vector<SocketChange> left;     ///< one for each in left_to_program and left_by_rule: nothing was set
    std::vector<NotTaken> not_taken;
    std::optional<Refusal> refusal;  ///< none of its descriptors can be seen or taken
};

struct Applied {
    std::vector<ProcessResult> processes;  ///< as the snapshot's holders
    std::size_t spread = 0;                ///< sockets whose first probe was due at once and was spread over time
};

/// How first probes are spread. A socket whose new idle is shorter than the time it has been silent probes at once; ten
/// thousand of them would do so in one tick of the clock. Only TCP_KEEPIDLE and switching SO_KEEPALIVE on start the timer,
/// and both to idle (tcp_sock_set_keepidle in net/ipv4/tcp.c): a longer idle set first would spread the probes without
/// waiting, but somebody has to come back and shorten it, and it stays wrong if we are stopped in between. So such sockets,
/// and only they, are set in slices with a pause between them: up to kProbesAtOnce cost no pause, more take up to
/// kLongestSpread in all. From then on each has a clock of its own.
struct Slices {
    std::size_t size = 0;  ///< sockets a slice
    std::chrono::milliseconds pause{0};
};
inline constexpr std::size_t kProbesAtOnce = 32;
inline constexpr std::chrono::milliseconds kBetweenSlices{50};
inline constexpr std::chrono::milliseconds kLongestSpread{4000};
Slices slices_for(std::size_t sockets);

struct ApplyOptions {
    Present present = Present::as_found;
    bool dry_run = false;
    std::function<void(std::chrono::milliseconds)> pause{};  ///< between slices; empty: sleeps
    std::function<void()> before_taking{};  ///< for tests: after a socket was chosen, before it is taken
};

/// Sets what the rules say on the sockets of a snapshot: see set().
Applied apply(const Snapshot& snapshot, const policy::Rules& rules, const ApplyOptions& options);

}  // namespace kashim::sockets
