// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/socket.h"
#include "policy/endpoint.h"
#include "policy/policy.h"
#include "policy/rule.h"
#include "policy/settings.h"
#include "sockets/listeners.h"

#include <cstdint>
#include <optional>

namespace kashim::sockets {

/// What a rule is asked for.
struct Subject {
    policy::Direction direction = policy::Direction::outbound;  ///< outbound or inbound
    bool listens = false;
    policy::Endpoint local;
    std::optional<policy::Endpoint> peer;  ///< none where it listens

    policy::Asked asked() const
    {
        const bool began_there = direction == policy::Direction::outbound;
        return {direction, began_there ? peer->port : local.port, peer ? std::optional(peer->address) : std::nullopt};
    }
};

/// What the socket itself says: a program may have connected it anew since it was listed. Nothing where it has no peer
/// and does not listen: the library would have given it the base at socket(), we leave it, because it has no timer that
/// could run, and gets its rule when it is connected.
std::optional<Subject> subject_of(int fd, const Listeners& listeners);

/// How the present values of a socket are to be read.
enum class Present : std::uint8_t {
    as_found,  ///< what we cannot have left there, and nobody else, is the program's choice
    ours,      ///< everything counts as ours: an older file's values, which would look like the program's (--override)
};

/// What was left on a socket when it was judged before: what differs from it is the program's.
struct Left {
    policy::Values values;
    policy::OptionSet programs;
    policy::Direction direction = policy::Direction::outbound;  ///< stays what it was when its listener has gone
};

/// What the rules say of one socket of one process. The deciding is policy's; nothing is decided here but what to ask.
struct Judgement {
    policy::Decision decision;
    policy::Values now;
    policy::OptionSet known;     ///< of now: what the kernel told (Multipath TCP may have no user timeout)
    policy::OptionSet programs;  ///< in which now is the program's own choice
    policy::Values after;        ///< what it shall have
    policy::OptionSet wrong;     ///< what has to be set for that
    bool left_by_rule = false;   ///< the rule says "leave", or leaves a listener because of what its peers may inherit

    bool right() const { return wrong.empty(); }

    /// The options that are otherwise than the rule says because the program wants it so.
    policy::OptionSet left_to_program() const;
};

/// - untouched: what a socket of this namespace shows that nobody has touched
/// - left: of a socket that we judged before; null: never
/// A listener is judged as the library does at listen(): without a peer, and left where the peers' rules may differ and
/// the program has no base.
Judgement judge(const policy::Policy& policy, const Subject& subject, const policy::Reading& reading,
                const policy::Values& untouched, Present present = Present::as_found, const Left* left = nullptr);

}  // namespace kashim::sockets
