// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// macOS: nothing is set before the peer is known, and nothing ever on a listener, which the kernel would probe, and
// close. So every connection begins as the system has it, and gets its rule at connect or at accept; there is no base.
#include "shim/tune_darwin.h"

#include "platform/errno_guard.h"
#include "platform/socket_darwin.h"
#include "policy/expected.h"
#include "policy/who_wins.h"
#include "shim/runtime.h"
#include "shim/steps.h"

#include <cerrno>

namespace kashim::shim {
namespace {

using platform::SocketFacts;
using policy::Decision;
using policy::Direction;
using policy::Expected;
using policy::OptionSet;
using policy::Policy;
using policy::Settings;
using policy::Values;

// Read once: a socket on which nobody has set a time follows sysctl live, but hardly any system changes it.
Values system_values()
{
    if (!runtime.fresh.get())
        runtime.fresh.remember(platform::system_values());
    return runtime.fresh.get().value_or(policy::kMacosValues);
}

// Setting an option to 0 makes it one that nobody has set (tcp_ctloutput in bsd/netinet/tcp_usrreq.c).
constexpr Values kUnset{.count = 0, .idle = policy::Seconds(0), .interval = policy::Seconds(0)};

Expected untouched()
{
    Expected expected;
    expected.untouched(policy::kMacosValues);
    expected.untouched(system_values());
    return expected;
}

// What a rule says, in the units of this kernel: else what it rounds up would look like the program's when it is read.
Decision decide_as_kept(const Policy& rules, const Connection& connection)
{
    Decision decision = rules.decide(connection.asked());
    decision.settings = platform::as_kept(decision.settings);
    return decision;
}

// A connection that exists already. Where nobody saw which side began, a port on which this process has accepted answers
// for its connections.
Connection connection_of(int fd, const SocketFacts& facts)
{
    const Seen seen = descriptors[fd];
    const bool came_in = seen == Seen::inbound || (seen != Seen::outbound && listening_ports.has(facts.local_port));
    return came_in ? inbound(fd, facts.local_port, facts.peer) : outbound(fd, *facts.peer);
}

// Gives a connection that has come in, now or before us, its rule.
void tune_inbound(const Policy& rules, int fd, const SocketFacts& facts)
{
    descriptors.set(fd, Seen::inbound);
    listening_ports.add(facts.local_port);
    const Connection connection = inbound(fd, facts.local_port, facts.peer);
    apply(connection, decide_as_kept(rules, connection), untouched());
}

}  // namespace

Attempt connecting(int fd, const sockaddr* peer, socklen_t size)
{
    const Policy* const rules = runtime.rules();
    if (rules == nullptr)
        return {};
    const platform::ErrnoGuard keep_errno;
    if (size < offsetof(sockaddr, sa_data) || !platform::readable(fd, peer, size))
        return {};
    auto endpoint = platform::endpoint_of(peer, size);
    if (!endpoint)
        return {};
    // A TCP socket connects once (PR_CONNREQUIRED in soconnectlock, bsd/kern/uipc_socket.c): where it has a peer, or is on
    // the way to one, this call changes nothing. Nor does it on a listener.
    const SocketFacts facts = platform::facts_of(fd);
    if (!facts.tcp || facts.listening || facts.peer)
        return {};
    // in_pcbladdr in netinet/in_pcb.c takes the first address of this machine, in6_pcbladdr the loopback's.
    if (endpoint->address.is_unspecified())
        endpoint->address = policy::Address::loopback(endpoint->address.family);
    const Connection connection = outbound(fd, *endpoint);
    const Decision decision = decide_as_kept(*rules, connection);
    apply(connection, decision, untouched());
    descriptors.set(fd, Seen::outbound);
    return {connection, std::nullopt, decision.settings, true};
}

Attempt connecting(int fd, const sa_endpoints_t* endpoints)
{
    if (runtime.rules() == nullptr)
        return {};
    const platform::ErrnoGuard keep_errno;
    const platform::Destination to = platform::destination_of(fd, endpoints);
    return connecting(fd, to.address, to.size);
}

int connected(const Attempt& attempt, int result)
{
    if (!attempt.concerns_us || result == 0)
        return result;
    const platform::ErrnoGuard keep_errno;
    const bool lives = errno == EINPROGRESS || errno == EINTR || errno == EISCONN || errno == EALREADY;
    if (!lives) {
        // Refused or timed out it is dead, and takes no option; refused before a packet was sent it may try another peer,
        // or listen.
        Expected expected = untouched();
        expected.ours(attempt.settings);
        take_back(attempt.connection.fd, expected, kUnset);
    }
    return result;
}

int accepted(int fd)
{
    const Policy* const rules = runtime.rules();
    if (fd < 0 || rules == nullptr)
        return fd;
    const platform::ErrnoGuard keep_errno;
    const SocketFacts facts = platform::facts_of(fd);
    // It inherits SO_KEEPALIVE, interval and count from its listener, where the program may have set them; never idle
    // and the connection-drop time (tcp_input in netinet/tcp_input.c). No peer: it has gone again meanwhile.
    if (facts.peer)
        tune_inbound(*rules, fd, facts);
    return fd;
}

Change about_to_change(int fd, int level, int name)
{
    const Policy* const rules = runtime.rules();
    const auto option = platform::option_of(level, name);
    if (!option)
        return {};
    const platform::ErrnoGuard keep_errno;
    const SocketFacts facts = platform::facts_of(fd);
    if (!facts.peer)
        return {};
    const Connection connection = connection_of(fd, facts);
    Change change{fd, *option, connection, decide_as_kept(*rules, connection), {}, true};
    if (!policy::follow_program(change.decision.settings) && !runtime.log.says(platform::Level::debug))
        return {};
    // Only what follows the program's values is asked what they were.
    if (change.decision.settings.user_timeout.kind == policy::UserTimeout::Kind::automatic)
        change.before = platform::read_values(fd, OptionSet::all()).values;
    return change;
}

// Of what was there before us only connections are looked at: a listener's get their rule when they are accepted.
void inherited(int fd)
{
    const Policy* const rules = runtime.rules();
    const SocketFacts facts = platform::facts_of(fd);
    if (rules != nullptr && facts.peer)
        tune_inbound(*rules, fd, facts);
}

void inherited_stdin()
{
    if (platform::facts_of(0).tcp && platform::read_values(0, OptionSet::all()).values == system_values())
        inherited(0);
}

}  // namespace kashim::shim
