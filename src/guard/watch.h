// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "host/processes.h"
#include "sockets/apply.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace kashim::guard {

/// What one pass of the guard found and did.
struct Pass {
    std::size_t sockets = 0;    ///< that the chosen processes hold and this watch knows
    std::size_t taken = 0;      ///< of them taken in this pass: new ones, doubtful ones, and those whose turn it was
    std::size_t waiting = 0;    ///< to be set later, so that first probes do not burst (see Slices)
    std::size_t processes = 0;  ///< chosen ones that live
    std::vector<sockets::SocketChange> changes;

    struct Trouble {
        host::ProcessId process;
        std::string name;
        sockets::Refusal refusal;
    };
    std::vector<Trouble> troubles;      ///< new ones: each is told once a process, and again when rules change
    std::chrono::milliseconds next{0};  ///< when the next pass is due, from now
};

/// The guard without its verb: keeps the sockets of the chosen processes as the rules say, pass by pass. One thread.
///
/// A pass asks sock_diag for all sockets and compares their cookies with those it knows; only where there are unknown
/// ones are the descriptors in /proc read. A socket that was judged is not taken again, unless
/// - the rules may argue with the program (cap, override, "auto"): one of kTurns passes is its turn, and it is taken at
///   once where its timer shows that our values are not in force (none although we want probing, or one beyond our idle);
/// - the rules have changed: then what differs from what we left is the program's, what does not is ours.
/// A program is looked at anew, because it may have executed another one, whenever it has a socket that is new; what it
/// held before keeps the earlier program's rule, as in the library.
/// Sockets of processes that were not chosen are remembered as strange; once in kTurns passes all strange ones are
/// looked for again, because a chosen process may have got them from another one (SCM_RIGHTS).
/// Descendants stay chosen when their parent ends.
///
/// Cost, 10,000 sockets: see tests/bench/sockets_bench.cpp. Memory: a record for each live socket.
class Watch {
public:
    static constexpr std::uint32_t kTurns = 16;
    static constexpr std::chrono::milliseconds kShortestInterval{1000};
    static constexpr std::chrono::milliseconds kLongestInterval{15000};

    /// present: how the values are read that sockets have at the first pass.
    Watch(sockets::Chosen chosen, const policy::Rules& rules, sockets::Present present = sockets::Present::as_found);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// From the next pass on. The earlier table may go.
    void change_rules(const policy::Rules& rules);

    /// One more root whose sockets (and descendants') are watched; for a program started later.
    void add(pid_t pid);

    Pass pass();

    /// The time between passes: a quarter of the smallest idle of any rule that probes, within the bounds above; an
    /// option that matters after idle seconds of silence is in time if it is set within a fraction of them, because the
    /// time already silent counts.
    std::chrono::milliseconds interval() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace kashim::guard
