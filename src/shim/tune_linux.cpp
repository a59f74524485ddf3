// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "shim/tune_linux.h"

#include "platform/errno_guard.h"
#include "platform/interpose.h"
#include "platform/socket.h"
#include "policy/expected.h"
#include "policy/who_wins.h"
#include "shim/runtime.h"
#include "shim/steps.h"

#include <algorithm>
#include <cerrno>

namespace kashim::shim {
namespace {

using policy::Decision;
using policy::Direction;
using policy::Expected;
using policy::OptionSet;
using policy::Policy;
using policy::Settings;
using policy::Values;

void add_base(Expected& expected, const Policy& rules)
{
    if (rules.base())
        expected.ours(rules.base()->settings);
}

// Linux's own values, and those which a socket of this program showed that nobody had touched: sysctls may say
// otherwise, and differently in each namespace.
void add_untouched(Expected& expected)
{
    expected.untouched(policy::kLinuxValues);
    if (const auto fresh = runtime.fresh.get())
        expected.untouched(*fresh);
}

// A socket that got the base at socket(), or would have if there were one.
Expected expected_of_ours(const Policy& rules)
{
    Expected expected;
    add_base(expected, rules);
    if (!rules.base())
        add_untouched(expected);
    return expected;
}

// A socket that came from somewhere else: the base may have reached it or not.
Expected expected_of_stranger(const Policy& rules)
{
    Expected expected;
    add_base(expected, rules);
    add_untouched(expected);
    return expected;
}

Expected expected_of(const Policy& rules, Seen seen)
{
    return seen == Seen::nothing ? expected_of_stranger(rules) : expected_of_ours(rules);
}

// Whether the kernel need not be asked what kind of socket it is.
bool known_tcp(Seen seen)
{
    return seen != Seen::nothing && seen != Seen::other;
}

bool reports_everything()
{
    return runtime.log.says(platform::Level::debug);
}

// On a socket that has the base, a rule that respects the program needs only what it wants otherwise than the base: the
// rest is as it should be, or the program's. Idle is always among them: see is_tcp_by(). What the kernel refused at
// socket() is met again here, where somebody wants to hear of it.
OptionSet candidates(Seen seen, const Decision& decision)
{
    if (seen != Seen::fresh || runtime.base_options.empty() || policy::follow_program(decision.settings) ||
        runtime.log.says(platform::Level::warn))
        return OptionSet::all();
    if (decision.settings.keepalive == policy::Keepalive::leave)
        return {};
    const OptionSet different = policy::differing(policy::wanted(decision.settings), runtime.base_values);
    return different.empty() ? different : different | policy::Option::idle;
}

// Asks the kernel about a TCP socket; nothing where it has neither a peer nor a listener's port yet.
std::optional<Connection> connection_of(int fd, Seen seen)
{
    const auto peer = platform::peer_of(fd);
    if (!peer && !platform::is_listening(fd))
        return std::nullopt;
    if (peer && seen == Seen::outbound)
        return outbound(fd, *peer);
    const auto port = platform::local_port_of(fd);
    if (!port)
        return std::nullopt;
    // Nobody saw which side began: a listening port of this process answers for its connections.
    const bool ours_began = seen != Seen::inbound && !listening_ports.has(*port);
    if (peer && ours_began)
        return outbound(fd, *peer);
    return inbound(fd, *port, peer);
}

// See take_back().
void forget_rule(const Policy& rules, int fd, Seen seen, const Settings& settings)
{
    Expected expected = expected_of(rules, seen);
    expected.ours(settings);
    const Values untouched = runtime.fresh.get().value_or(policy::kLinuxValues);
    take_back(fd, expected, rules.base() ? policy::wanted(rules.base()->settings) : untouched);
}

}  // namespace

int opened(int fd, int domain, int type, int protocol)
{
    const Policy* const rules = runtime.rules();
    if (fd < 0 || rules == nullptr)
        return fd;
    if (!platform::makes_tcp(domain, type, protocol)) {
        descriptors.set(fd, Seen::other);
        return fd;
    }
    descriptors.set(fd, Seen::fresh);
    const platform::ErrnoGuard keep_errno;
    if (!runtime.base_options.empty())
        static_cast<void>(platform::set_values(fd, runtime.base_values, runtime.base_options, KASHIM_REAL(setsockopt)));
    else if (!runtime.fresh.get())
        runtime.fresh.remember(platform::read_values(fd, OptionSet::all()).values);
    return fd;
}

Attempt connecting(int fd, const sockaddr* peer, socklen_t size)
{
    const Policy* const rules = runtime.rules();
    const Seen last_seen = descriptors[fd];
    Seen seen = last_seen;
    // What was accepted or listens cannot be connected; or it is another socket, which dup() has put there.
    const bool not_for_connect = seen == Seen::inbound || seen == Seen::settled || seen == Seen::listener;
    if (not_for_connect)
        seen = Seen::nothing;

    const platform::ErrnoGuard keep_errno;
    if (size < sizeof(sa_family_t) || (seen == Seen::nothing && !platform::is_tcp(fd)) ||
        !platform::readable(fd, peer, size))
        return {};
    const auto earlier = seen == Seen::fresh ? std::nullopt : platform::peer_of(fd);
    const bool listens = seen == Seen::nothing && !earlier && platform::is_listening(fd);
    if (peer->sa_family == AF_UNSPEC) {
        if (const auto connection = connection_of(fd, last_seen))
            forget_rule(*rules, fd, seen, rules->decide(connection->asked()).settings);
        return {};
    }
    auto endpoint = platform::endpoint_of(peer, size);
    if (!endpoint || listens || (not_for_connect && earlier))
        return {};
    if (endpoint->address.is_unspecified())
        endpoint->address = policy::Address::loopback(endpoint->address.family);

    // After an earlier connect, what that rule set is not the program's.
    Expected expected = expected_of(*rules, seen);
    if (seen == Seen::nothing)
        expected.may_be_a_duplicate();
    if (earlier)
        expected.ours(rules->outbound(*earlier).settings);
    const Connection connection = outbound(fd, *endpoint);
    const Decision decision = rules->decide(connection.asked());
    // Asking again for the same peer is how some programs wait for a connection; it has its rule already.
    if (earlier != endpoint)
        apply(connection, decision, expected, candidates(seen, decision));
    descriptors.set(fd, Seen::outbound);
    return {connection, earlier, decision.settings, true};
}

int connected(const Attempt& attempt, int result)
{
    const bool had_another_peer = attempt.earlier && attempt.earlier != attempt.connection.peer;
    if (!attempt.concerns_us || (result == 0 && !had_another_peer))
        return result;
    const platform::ErrnoGuard keep_errno;
    const Policy* const rules = runtime.rules();
    const int fd = attempt.connection.fd;
    const bool lives = result == 0 || errno == EINPROGRESS || errno == EINTR || errno == EISCONN || errno == EALREADY;
    if (!lives) {
        // A refused socket has no peer that could be asked for (tcp_disconnect in net/ipv4/tcp.c).
        forget_rule(*rules, fd, Seen::outbound, attempt.settings);
    } else if (had_another_peer && platform::peer_of(fd) == attempt.earlier) {
        // It belongs to the earlier peer, and stays so; a connect that waits finishes that one, whoever it names.
        Expected expected = expected_of_ours(*rules);
        expected.ours(attempt.settings);
        const Connection connection = outbound(fd, *attempt.earlier);
        apply(connection, rules->decide(connection.asked()), expected);
    }
    return result;
}

Listener about_to_listen(int fd)
{
    const Policy* const rules = runtime.rules();
    if (rules == nullptr)
        return {};
    const Seen seen = descriptors[fd];
    const platform::ErrnoGuard keep_errno;
    if (!known_tcp(seen) && (seen == Seen::other || !platform::is_tcp(fd)))
        return {};
    // A connected socket cannot listen; the kernel will say so.
    if (seen != Seen::fresh && platform::peer_of(fd))
        return {};
    const auto port = platform::local_port_of(fd);
    if (!port)
        return {};
    Listener listener{fd, true, *port != 0, *port, false};
    if (!listener.has_port)
        return listener;
    const Connection connection = inbound(fd, *port, std::nullopt);
    const Decision decision = rules->decide(connection.asked());
    listener.depends_on_peer = decision.depends_on_peer;
    if (rules->leaves_listener(decision))
        return listener;
    Expected expected = expected_of(*rules, seen);
    expected.ours(decision.settings);  // it may be called twice
    apply(connection, decision, expected, candidates(seen, decision));
    return listener;
}

int listening(Listener listener, int result)
{
    if (!listener.concerns_us)
        return result;
    const platform::ErrnoGuard keep_errno;
    if (result != 0) {
        // It may be connected instead. One that listens already keeps what it has.
        const Policy* const rules = runtime.rules();
        if (listener.has_port && !platform::is_listening(listener.fd))
            forget_rule(*rules, listener.fd, Seen::fresh, rules->inbound(listener.port, nullptr).settings);
        return result;
    }
    // The kernel has chosen the port just now.
    if (!listener.has_port)
        listener = about_to_listen(listener.fd);
    if (listener.has_port) {
        listening_ports.add(listener.port);
        descriptors.set(listener.fd, listener.depends_on_peer ? Seen::listener : Seen::settled);
    }
    return result;
}

int accepted(int listener, int fd)
{
    const Policy* const rules = runtime.rules();
    if (fd < 0 || rules == nullptr)
        return fd;
    const Seen seen = descriptors[listener];
    if (seen == Seen::settled && !reports_everything()) {
        descriptors.set(fd, Seen::inbound);
        return fd;
    }
    const platform::ErrnoGuard keep_errno;
    if (!known_tcp(seen) && (seen == Seen::other || !platform::is_tcp(fd))) {
        descriptors.set(fd, Seen::other);
        return fd;
    }
    descriptors.set(fd, Seen::inbound);
    const auto peer = platform::peer_of(fd);
    const auto port = platform::local_port_of(fd);
    if (peer && port) {  // not where the peer has reset the connection meanwhile
        const Connection connection = inbound(fd, *port, peer);
        Expected expected = expected_of(*rules, seen == Seen::listener || seen == Seen::settled ? seen : Seen::nothing);
        expected.ours(rules->inbound(*port, nullptr).settings);  // handed down by the listener
        apply(connection, rules->decide(connection.asked()), expected);
    }
    return fd;
}

Change about_to_change(int fd, int level, int name)
{
    const Policy* const rules = runtime.rules();
    const auto option = platform::option_of(level, name);
    if (!option)
        return {};
    const Seen seen = descriptors[fd];
    const platform::ErrnoGuard keep_errno;
    if (!known_tcp(seen) && (seen == Seen::other || !platform::is_tcp(fd)))
        return {};
    const auto connection = connection_of(fd, seen);
    if (!connection)
        return {};
    Change change{fd, *option, *connection, rules->decide(connection->asked()), {}, true};
    if (!policy::follow_program(change.decision.settings) && !reports_everything())
        return {};
    if (!connection->peer && rules->leaves_listener(change.decision))
        return {};
    // Only what follows the program's values is asked what they were.
    if (change.decision.settings.user_timeout.kind == policy::UserTimeout::Kind::automatic)
        change.before = platform::read_values(fd, OptionSet::all()).values;
    return change;
}

void inherited(int fd)
{
    const Policy* const rules = runtime.rules();
    if (rules == nullptr || !platform::is_tcp(fd))
        return;
    const auto peer = platform::peer_of(fd);
    const auto port = platform::local_port_of(fd);
    const bool listens = !peer && platform::is_listening(fd);
    if (!port || !(peer || listens))
        return;
    const Connection connection = inbound(fd, *port, peer);
    const Decision decision = rules->decide(connection.asked());
    apply(connection, decision, expected_of_stranger(*rules));
    // Connections may wait in its queue already, the one that activated us among them, and have nothing of ours: each is
    // looked at when it is accepted, as for any listener that we have not seen listen.
    if (listens)
        listening_ports.add(*port);
    else
        descriptors.set(fd, Seen::inbound);
}

void inherited_stdin()
{
    if (platform::is_tcp(0) && platform::read_values(0, OptionSet::all()).values == policy::kLinuxValues)
        inherited(0);
}

}  // namespace kashim::shim
