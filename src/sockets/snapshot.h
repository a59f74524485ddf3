// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "host/processes.h"
#include "host/program_facts.h"
#include "sockets/listeners.h"
#include "sockets/namespaces.h"
#include "sockets/refusal.h"
#include "sockets/sockets.h"

#include <memory>
#include <optional>
#include <vector>

namespace kashim::sockets {

/// Which processes.
struct Chosen {
    std::vector<pid_t> pids;   ///< empty: every one but ours
    bool descendants = false;  ///< and their children, and theirs

    bool everybody() const { return pids.empty(); }
};

/// The sockets of one network namespace at one moment.
struct NetworkSockets {
    NamespaceId id;
    std::vector<Socket> sockets;
    Listeners listeners;
    policy::Values untouched;
};

/// Of two processes that hold the same socket, whether the first one decides about it, so that two rules never fight: it
/// started earlier, as in the library it is the one that made the socket; but process 1 hands sockets to services (socket
/// activation), and decides only where nobody else holds them.
bool decides_before(const host::ProcessId& a, const host::ProcessId& b);

/// A socket under a descriptor; of several descriptors of one process for the same socket the first.
struct Held {
    int fd = -1;
    const Socket* socket = nullptr;
    const NetworkSockets* network = nullptr;

    /// No other chosen process that holds the socket decides about it: see decides_before().
    bool decides = true;
};

struct Holder {
    host::ProcessId id;
    std::optional<uid_t> user;
    host::ProgramFacts facts;
    std::vector<Held> sockets;
    std::optional<Refusal> refusal;  ///< why its descriptors cannot be seen; then sockets is empty
};

/// What the chosen processes hold. Nothing was taken or set: only sock_diag and /proc were read.
struct Snapshot {
    std::vector<std::unique_ptr<NetworkSockets>>
        networks;                 ///< ours first: a service may hold sockets made outside of its own
    std::vector<Holder> holders;  ///< sorted by pid; without sockets and refusal: not here
    std::vector<pid_t> gone;      ///< of the chosen pids: no such process

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

}  // namespace kashim::sockets
