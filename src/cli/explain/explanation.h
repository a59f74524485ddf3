// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What `kashim explain` has to say, before it is put into words.
#pragma once

#include "cli/explain/asked_program.h"
#include "loaded/effective.h"
#include "platform/system.h"
#include "policy/timeline.h"
#include "policy/trace.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::cli {

inline constexpr std::string_view kLinux = "linux";
inline constexpr std::string_view kMacos = "macos";
inline constexpr std::string_view kThisSystem = platform::kThisSystem == policy::System::on_linux ? kLinux : kMacos;

struct ExplainRequest {
    loaded::ConfigurationRequest configuration;
    ProgramRequest program;
    std::string outbound;  ///< ADDRESS:PORT
    std::string inbound;
    std::string peer;
    std::string system{kThisSystem};
    bool json = false;

    policy::System kernel() const { return system == kMacos ? policy::System::on_macos : policy::System::on_linux; }
};

/// A connection, or a listener, that is asked about.
struct AskedConnection {
    policy::Direction direction = policy::Direction::outbound;
    std::string host;                      ///< as it was written: the peer's, or our own listener's
    std::uint16_t port = 0;                ///< as in policy::Asked
    std::vector<policy::Address> peers{};  ///< empty: a listener
    std::string error{};                   ///< why nothing can be asked

    bool is_listener() const { return peers.empty(); }
};

/// Resolves names.
AskedConnection asked_connection(const ExplainRequest& request);

/// One answer, and the peers it is for.
struct Answer {
    std::vector<policy::Address> peers;        ///< empty: a listener
    policy::Decision decision;                 ///< Policy's
    std::vector<policy::Trace> traces;         ///< of every rule
    policy::Values values;                     ///< what is set where the program sets nothing itself; not of "leave"
    policy::Timeline timeline;                 ///< of these values
    std::optional<policy::Decision> base;      ///< what the socket got at socket()
    std::optional<policy::Decision> listener;  ///< inbound: what listen() gave to the listener

    bool leaves() const { return decision.settings.keepalive == policy::Keepalive::leave; }
};

/// Peers that meet the same answer for the same reasons share one.
std::vector<Answer> answers(const loaded::Effective& effective, const policy::Program& program,
                            const AskedConnection& connection, policy::System system);

/// How many rules are for the program, whatever they say of connections.
std::size_t rules_for(const loaded::Effective& effective, const policy::Program& program);

}  // namespace kashim::cli
