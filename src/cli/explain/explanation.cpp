// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/explain/explanation.h"

#include "cli/explain/endpoint.h"
#include "config/words.h"
#include "policy/who_wins.h"

#include <fmt/format.h>

#include <algorithm>

namespace kashim::cli {
namespace {

using policy::Address;
using policy::Direction;

AskedConnection outbound(const std::string& text)
{
    if (text.find(':') == std::string::npos)
        return {Direction::outbound,
                {},
                0,
                {},
                fmt::format("{} names no port; write ADDRESS:PORT", config::in_quotes(text))};
    const HostPort target = read_host_port(text);
    AskedConnection asked{Direction::outbound, target.host, target.port, {}, target.error};
    if (asked.error.empty() && asked.host.empty())
        asked.error = fmt::format("{} names no address", config::in_quotes(text));
    if (!asked.error.empty())
        return asked;
    Resolved resolved = resolve(asked.host);
    // As the library does: who connects there reaches this machine's own loopback.
    for (Address& address : resolved.addresses) {
        if (address.is_unspecified())
            address = Address::loopback(address.family);
    }
    asked.peers = std::move(resolved.addresses);
    asked.error = std::move(resolved.error);
    return asked;
}

// Of our own address only the port matters.
AskedConnection inbound(const std::string& text, const std::string& peer)
{
    const HostPort target = read_host_port(text);
    AskedConnection asked{Direction::inbound, target.host, target.port, {}, target.error};
    if (!asked.error.empty() || peer.empty())
        return asked;
    const bool in_brackets = peer.starts_with('[') && peer.ends_with(']');
    Resolved resolved = resolve(in_brackets ? peer.substr(1, peer.size() - 2) : peer);
    asked.peers = std::move(resolved.addresses);
    asked.error = std::move(resolved.error);
    return asked;
}

class Answerer {
public:
    Answerer(const loaded::Effective& effective, const policy::Program& program, const AskedConnection& connection,
             policy::System system)
        : rules_(effective.parsed.rules.rules), policy_(effective.rules(), program), program_(program),
          connection_(connection), system_(system)
    {
    }

    Answer answer(const Address* peer) const
    {
        Answer answer;
        if (peer != nullptr)
            answer.peers = {*peer};
        answer.decision = policy_->decide(asked(peer));
        for (const policy::Rule& rule : rules_)
            answer.traces.push_back(policy::trace(rule, program_, asked(peer)));
        answer.values = policy::wanted(answer.decision.settings);
        answer.timeline = policy::timeline(answer.values, system_);
        if (system_ == policy::System::on_linux)
            say_what_came_before(answer);
        return answer;
    }

private:
    policy::Asked asked(const Address* peer) const
    {
        return {connection_.direction, connection_.port, peer ? std::optional(*peer) : std::nullopt};
    }

    // On macOS nothing is set before connect and accept.
    void say_what_came_before(Answer& answer) const
    {
        answer.base = policy_->base();
        if (connection_.direction == Direction::outbound)
            return;
        const policy::Decision listener = policy_->decide(asked(nullptr));
        if (!policy_->leaves_listener(listener))
            answer.listener = listener;
    }

    const std::vector<policy::Rule>& rules_;
    policy::ProgramPolicy policy_;
    const policy::Program& program_;
    const AskedConnection& connection_;
    policy::System system_;
};

}  // namespace

AskedConnection asked_connection(const ExplainRequest& request)
{
    return request.inbound.empty() ? outbound(request.outbound) : inbound(request.inbound, request.peer);
}

std::vector<Answer> answers(const loaded::Effective& effective, const policy::Program& program,
                            const AskedConnection& connection, policy::System system)
{
    const Answerer answerer(effective, program, connection, system);
    if (connection.is_listener())
        return {answerer.answer(nullptr)};
    std::vector<Answer> all;
    for (const Address& peer : connection.peers) {
        Answer answer = answerer.answer(&peer);
        const auto same = std::ranges::find_if(all, [&answer](const Answer& other) {
            return other.decision.rule == answer.decision.rule && other.traces == answer.traces;
        });
        if (same == all.end())
            all.push_back(std::move(answer));
        else
            same->peers.push_back(peer);
    }
    return all;
}

std::size_t rules_for(const loaded::Effective& effective, const policy::Program& program)
{
    return static_cast<std::size_t>(std::ranges::count_if(effective.parsed.rules.rules, [&](const policy::Rule& rule) {
        return policy::matches(rule.selector, program);
    }));
}

}  // namespace kashim::cli
