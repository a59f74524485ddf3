// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/endpoint.h"
#include "sockets/snapshot.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::cli {

/// Some of the states that a socket is in.
class States {
public:
    static States all();
    static States of(sockets::TcpState state);

    States operator|(States other) const { return States(bits_ | other.bits_); }
    States without(States other) const { return States(bits_ & ~other.bits_); }
    bool has(sockets::TcpState state) const { return (bits_ & of(state).bits_) != 0; }

    friend bool operator==(const States&, const States&) = default;

private:
    explicit States(std::uint32_t bits) : bits_(bits) {}
    std::uint32_t bits_;
};

/// A name as ss(8) has it ("established", "close-wait", "connected", "all" ...) or as the table shows it
/// ("ESTABLISHED", "LISTEN"), in either case. Where it is none, the answer says what is wrong and names those there are.
struct StateText {
    std::optional<States> states;
    std::string problem;
};
StateText read_state(std::string_view text);

/// Which sockets are shown.
struct ShowFilter {
    std::vector<pid_t> pids;               ///< empty: of every process, and of none
    std::vector<std::string> programs;     ///< globs as in a rule's program; empty: every program
    std::vector<policy::PortRange> ports;  ///< of either side; empty: every port
    States states = States::all();

    bool asks_for_holder() const { return !pids.empty() || !programs.empty(); }
    bool has_port_of(const sockets::Socket& socket) const;
    bool admits(const sockets::Holder& holder) const;
};

}  // namespace kashim::cli
