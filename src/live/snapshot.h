// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "live/listeners.h"
#include "live/namespaces.h"
#include "live/processes.h"
#include "live/refusal.h"
#include "live/sockets.h"
#include "platform/process.h"

#include <memory>
#include <optional>
#include <vector>

namespace kashim::live {

/// Which processes.
struct Chosen {
    std::vector<pid_t> pids;   ///< empty: every one but ours
    bool descendants = false;  ///< and their children, and theirs

    bool everybody() const { return pids.empty(); }
};

/// The sockets of one network namespace at one moment.
struct Network {
    NamespaceId id;
    std::vector<Socket> sockets;
    Listeners listeners;
    policy::Values untouched;
};

/// Of two processes that hold the same socket, whether the first one decides about it, so that two rules never fight: it
/// started earlier, as in the library it is the one that made the socket; but process 1 hands sockets to services (socket
/// activation), and decides only where nobody else holds them.
bool decides_before(const ProcessId& a, const ProcessId& b);

/// A socket under a descriptor; of several descriptors of one process for the same socket the first.
struct Held {
    int fd = -1;
    const Socket* socket = nullptr;
    const Network* network = nullptr;

    /// No other chosen process that holds the socket decides about it: see decides_before().
    bool decides = true;
};

struct Holder {
    ProcessId id;
    std::optional<uid_t> user;
    platform::ProgramFacts facts;
    std::vector<Held> sockets;
    std::optional<Refusal> refusal;  ///< why its descriptors cannot be seen; then sockets is empty
};

/// What the chosen processes hold. Nothing was taken or set: only sock_diag and /proc were read.
struct Snapshot {
    std::vector<std::unique_ptr<Network>> networks;  ///< ours first: a service may hold sockets made outside of its own
    std::vector<Holder> holders;                     ///< sorted by pid; without sockets and refusal: not here
    std::vector<pid_t> gone;                         ///< of the chosen pids: no such process

    struct Unseen {
        pid_t pid = 0;  ///< the first process that lives there
        Refusal refusal;
    };
    std::vector<Unseen> unseen;  ///< network namespaces that could not be entered

    /// The sockets that no chosen process was seen to hold. Where everybody was chosen: those of processes that may not be
    /// looked at, the kernel's own, and those that no descriptor leads to (Detail::everything).
    std::vector<const Socket*> without_holder() const;
};

/// namespaces keeps what was entered from one snapshot to the next.
Snapshot take_snapshot(Namespaces& namespaces, const Chosen& chosen, Detail detail = Detail::plain);

}  // namespace kashim::live
