// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "guard/watch.h"
#include "host/processes.h"
#include "host/program_facts.h"
#include "policy/program_policy.h"
#include "sockets/descriptors.h"
#include "sockets/namespaces.h"
#include "sockets/snapshot.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace kashim::guard {

/// A program that a process runs or ran, with the rules as it sees them. Sockets keep the one they were judged by.
struct WatchedProgram {
    host::ProcessId process;
    host::ProgramFacts facts;
    std::optional<policy::ProgramPolicy> policy;
    std::uint32_t rules = 0;  ///< of which generation policy is
};

/// What a watch remembers of a live socket.
struct Record {
    std::shared_ptr<WatchedProgram> program;  ///< none: no chosen process holds it
    std::optional<sockets::Left> left;        ///< none: not judged yet, or its rule leaves it
    std::uint32_t inode = 0;
    int fd = -1;
    std::uint32_t seen = 0;   ///< in which pass it was last listed
    std::uint32_t rules = 0;  ///< of which generation they were when it was judged, or looked for in vain
    bool follows = false;     ///< the rules may argue with the program later
    bool waits = false;       ///< for its slice
    bool in_doubt = false;    ///< in this pass: its timer contradicts what we left
    bool odd_timer = false;   ///< its timer once told nothing of its values: it is not asked again
};

/// A network namespace and what is remembered of its sockets.
struct WatchedNetwork {
    sockets::NetworkSockets now;
    std::unordered_map<std::uint64_t, Record> records;  ///< by cookie
};

/// The processes that are watched: the roots and, where asked for, whoever descended from them. Once one of them, always:
/// a daemon's parent ends.
class Flock {
public:
    explicit Flock(const sockets::Chosen& chosen);

    void add(pid_t root);

    /// As they are now, in the order in which they decide about sockets that they share.
    std::vector<host::RunningProcess> look();

private:
    bool everybody_;
    bool descendants_;
    std::set<host::ProcessId> members_;
};

/// What a watch keeps from pass to pass, and the steps of a pass.
struct Watch::State {
    // A socket that is to be taken in this pass.
    struct Due {
        WatchedNetwork* network;
        const sockets::Socket* socket;
    };
    enum class When : std::uint8_t { in_a_pass, in_a_slice };
    struct Waiting {
        sockets::NamespaceId network;
        std::uint64_t cookie;
    };

    State(const sockets::Chosen& chosen, const policy::Rules& first_rules, sockets::Present at_first)
        : flock(chosen), rules(first_rules), present(at_first)
    {
    }

    Pass full_pass();
    Pass slice();

    // Steps of a full pass.
    void enter_networks(const std::vector<host::RunningProcess>& processes, Pass& pass);
    void list(WatchedNetwork& network, Pass& pass);
    void find_holders(const std::vector<host::RunningProcess>& processes, Pass& pass);
    void take_unknown(const host::ProcessId& process, const sockets::SocketDescriptors& descriptors, Pass& pass);
    void forget_vanished();

    void retake(const Due& one, Pass& pass);
    void take(WatchedNetwork& network, const sockets::Socket& socket, int fd,
              const std::shared_ptr<WatchedProgram>& program, const sockets::HeldProcess& target, Pass& pass,
              When when);
    const sockets::HeldProcess& target_of(const host::ProcessId& id);
    std::shared_ptr<WatchedProgram> program_of(const host::ProcessId& id);
    const policy::Policy& policy_of(WatchedProgram& program) const;
    void tell(const host::ProcessId& process, const sockets::Refusal& refusal, Pass& pass);
    std::chrono::milliseconds until_next() const;

    Flock flock;
    policy::Rules rules;
    sockets::Present present;
    std::uint32_t rules_generation = 1;
    std::uint32_t number = 0;  // of the pass
    sockets::Namespaces namespaces;
    std::map<sockets::NamespaceId, WatchedNetwork> networks;
    std::set<sockets::NamespaceId> closed_networks;
    std::map<host::ProcessId, std::weak_ptr<WatchedProgram>> programs;
    std::set<host::ProcessId> told;
    std::vector<Due> due;
    std::unordered_map<std::uint32_t, Due> unknown;  // by inode
    std::deque<Waiting> waiting;
    std::size_t slice_size = sockets::kProbesAtOnce;
    std::size_t at_once = 0;  // probed at once in this pass
    std::optional<sockets::HeldProcess> target;
    std::chrono::steady_clock::time_point full_pass_due;
    std::chrono::milliseconds interval{0};
    std::size_t living = 0;
};

}  // namespace kashim::guard
