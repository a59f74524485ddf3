// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/judgement.h"

#include "policy/expected.h"
#include "policy/plan.h"
#include "policy/who_wins.h"

#include <netinet/in.h>
#include <sys/socket.h>

namespace kashim::sockets {
namespace {

using policy::Decision;
using policy::Direction;
using policy::Expected;
using policy::OptionSet;
using policy::Policy;
using policy::Values;

std::optional<policy::Endpoint> local_of(int fd)
{
    sockaddr_in6 address{};
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (getsockname(fd, generic, &size) != 0)
        return std::nullopt;
    return platform::endpoint_of(generic, size);
}

// Nobody knows whether the library was there when the socket was made: it may have the base, or what nobody touched.
Expected expected_of(const Policy& policy, const Subject& subject, const Decision& decision, const Values& untouched)
{
    Expected expected;
    if (policy.base())
        expected.ours(policy.base()->settings);
    expected.untouched(policy::kLinuxValues);
    expected.untouched(untouched);
    expected.was_not_seen();
    const bool accepted = subject.direction == Direction::inbound && !subject.listens;
    expected.ours(accepted ? policy.inbound(subject.local.port, nullptr).settings : decision.settings);
    return expected;
}

OptionSet programs_options(const Expected& expected, const Values& now, Present present, const Left* left)
{
    if (present == Present::ours)
        return {};
    if (left == nullptr)
        return expected.set_by_program(now);
    Expected since;
    since.untouched(left->values);
    return left->programs | since.set_by_program(now);
}

}  // namespace

std::optional<Subject> subject_of(int fd, const Listeners& listeners)
{
    Subject subject;
    const auto local = local_of(fd);
    if (!local)
        return std::nullopt;
    subject.local = *local;
    subject.peer = platform::peer_of(fd);
    subject.listens = !subject.peer && platform::is_listening(fd);
    if (!subject.peer && !subject.listens)
        return std::nullopt;
    if (subject.listens || listeners.could_accept(subject.local))
        subject.direction = Direction::inbound;
    return subject;
}

OptionSet Judgement::left_to_program() const
{
    if (left_by_rule)
        return {};
    return (policy::differing(after, policy::wanted(decision.settings)) & programs) - wrong;
}

Judgement judge(const Policy& policy, const Subject& subject, const policy::Reading& reading, const Values& untouched,
                Present present, const Left* left)
{
    Judgement judgement;
    judgement.decision = policy.decide(subject.asked());
    judgement.now = reading.values;
    judgement.known = reading.known;
    judgement.after = reading.values;
    const bool for_all_peers = subject.listens && policy.leaves_listener(judgement.decision);
    if (for_all_peers || judgement.decision.settings.keepalive == policy::Keepalive::leave) {
        judgement.left_by_rule = true;
        return judgement;
    }
    const Expected expected = expected_of(policy, subject, judgement.decision, untouched);
    const policy::Plan plan =
        policy::plan(judgement.decision.settings, reading, programs_options(expected, reading.values, present, left));
    judgement.programs = plan.programs;
    judgement.after = plan.after;
    judgement.wrong = plan.to_set;
    return judgement;
}

}  // namespace kashim::sockets
