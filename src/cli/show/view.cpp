// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/show/view.h"

#include "policy/program_policy.h"
#include "sockets/examine.h"
#include "sockets/taken.h"
#include "text/socket.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace kashim::cli {
namespace {

// What is needed of a process once one of its sockets is looked at.
struct Looker {
    sockets::HeldProcess target;
    policy::ProgramPolicy policy;

    Looker(const sockets::Holder& holder, const policy::Rules& rules)
        : target(holder.id), policy(rules, holder.facts.program())
    {
    }
};

struct Grip {
    std::size_t holder = 0;
    const sockets::Held* held = nullptr;
};

// A process's sockets stand together in the order of its descriptors, which does not change while they live.
bool stands_before(const Row& a, const Row& b)
{
    const auto key = [](const Row& row) {
        const Owner* const owner = row.owners.empty() ? nullptr : &row.owners.front();
        const policy::Endpoint& local = row.socket.local;
        const policy::Endpoint& peer = row.socket.peer;
        return std::tuple(owner == nullptr, owner != nullptr ? owner->pid : 0, owner != nullptr ? owner->fd : 0,
                          row.netns, local.address, local.port, peer.address, peer.port);
    };
    return key(a) < key(b);
}

// First every socket of the snapshot, then rows(): looked at process by process, so that one is held at a time, however
// many there are.
class Collector {
public:
    Collector(const sockets::Snapshot& snapshot, const policy::Rules& rules, const ShowFilter& filter, View& view)
        : snapshot_(snapshot), rules_(rules), filter_(filter), view_(view), missed_(snapshot.holders.size(), false)
    {
        for (std::size_t i = 0; i < snapshot.holders.size(); ++i) {
            const sockets::Holder& holder = snapshot.holders[i];
            admitted_.push_back(filter.admits(holder));
            some_unseen_ = some_unseen_ || holder.refusal;
            if (holder.refusal && (filter.pids.empty() || admitted_.back()))
                note_gap(*holder.refusal, i, 0);
            for (const sockets::Held& held : holder.sockets)
                grips_[held.socket].push_back({i, &held});
        }
        for (auto& [socket, grips] : grips_)
            std::ranges::stable_partition(grips, [](const Grip& grip) { return grip.held->decides; });
    }

    void add(const sockets::NetworkSockets& network, const sockets::Socket& socket)
    {
        const auto found = grips_.find(&socket);
        const bool is_held = found != grips_.end();
        if (!filter_.has_port_of(socket))
            return;
        if (filter_.asks_for_holder() && !(is_held && is_admitted(found->second))) {
            const bool may_be_meant = filter_.pids.empty() && !is_held && holder_of(socket) == Row::Whose::unseen;
            view_.unattributed += may_be_meant && filter_.states.has(socket.state) ? 1 : 0;
            return;
        }
        if (!filter_.states.has(socket.state)) {
            view_.listeners += socket.state == sockets::TcpState::listen ? 1 : 0;
            return;
        }
        Candidate candidate;
        candidate.row.socket = socket;
        candidate.row.netns = network.id.inode;
        candidate.row.elsewhere = &network != snapshot_.networks.front().get();
        candidate.row.held = is_held ? Row::Whose::by_process : holder_of(socket);
        if (is_held)
            hold(candidate, found->second);
        candidates_.push_back(std::move(candidate));
    }

    std::vector<Row> rows()
    {
        std::ranges::sort(candidates_, stands_before, &Candidate::row);
        std::vector<Row> rows;
        for (Candidate& candidate : candidates_) {
            if (candidate.grips == nullptr || look_at(*candidate.grips, candidate.row))
                rows.push_back(std::move(candidate.row));
        }
        return rows;
    }

private:
    struct Candidate {
        Row row;
        const std::vector<Grip>* grips = nullptr;
    };

    bool is_admitted(const std::vector<Grip>& grips) const
    {
        return std::ranges::any_of(grips, [this](const Grip& grip) { return admitted_[grip.holder]; });
    }

    Row::Whose holder_of(const sockets::Socket& socket) const
    {
        using sockets::TcpState;
        if (socket.inode == 0)
            return socket.state == TcpState::established || socket.state == TcpState::close_wait ? Row::Whose::queued
                                                                                                 : Row::Whose::closed;
        return some_unseen_ ? Row::Whose::unseen : Row::Whose::by_nobody;
    }

    void hold(Candidate& candidate, const std::vector<Grip>& grips) const
    {
        candidate.grips = &grips;
        for (const Grip& grip : grips) {
            const sockets::Holder& holder = snapshot_.holders[grip.holder];
            candidate.row.owners.push_back({holder.id.pid, holder.facts.name, grip.held->fd});
        }
    }

    // The rule is the first holder's; the values may come through another one that may be looked into. False where the
    // socket has been closed.
    bool look_at(const std::vector<Grip>& grips, Row& row)
    {
        const Looker& decider = look_at_process(grips.front().holder);
        std::optional<sockets::Refusal> first_refusal;
        for (const Grip& grip : grips) {
            sockets::Examined examined = grip.holder == grips.front().holder
                                             ? sockets::examine(decider.target, *grip.held, *decider.policy)
                                             : sockets::examine(sockets::HeldProcess(snapshot_.holders[grip.holder].id),
                                                                *grip.held, *decider.policy);
            if (examined.judgement) {
                row.judgement = std::move(examined.judgement);
                row.direction = examined.subject.direction;
                return true;
            }
            if (examined.refusal && !first_refusal)
                first_refusal = std::move(examined.refusal);
        }
        if (first_refusal)
            note_gap(*first_refusal, grips.front().holder, 1);
        return first_refusal.has_value();
    }

    const Looker& look_at_process(std::size_t holder)
    {
        if (!looker_ || looked_at_ != holder)
            looker_.emplace(snapshot_.holders[holder], rules_);
        looked_at_ = holder;
        return *looker_;
    }

    void note_gap(const sockets::Refusal& refusal, std::size_t holder, std::size_t sockets)
    {
        auto gap = std::ranges::find(view_.gaps, refusal.why, [](const Gap& known) { return known.refusal.why; });
        if (gap == view_.gaps.end())
            gap = view_.gaps.insert(gap, {refusal, 0, 0});
        gap->processes += missed_[holder] ? 0 : 1;
        gap->sockets += sockets;
        missed_[holder] = true;
    }

    const sockets::Snapshot& snapshot_;
    const policy::Rules& rules_;
    const ShowFilter& filter_;
    View& view_;
    std::vector<bool> missed_;  // of each holder: something of it could not be seen
    std::vector<bool> admitted_;
    bool some_unseen_ = false;
    std::unordered_map<const sockets::Socket*, std::vector<Grip>> grips_;
    std::vector<Candidate> candidates_;
    std::optional<Looker> looker_;
    std::size_t looked_at_ = 0;
};

// A network namespace of others is nobody's business who has asked for some processes.
bool concerns(const ShowFilter& filter, const sockets::Snapshot::Unseen& unseen)
{
    const auto there = sockets::namespace_of(unseen.pid);
    return filter.pids.empty() ||
           std::ranges::any_of(filter.pids, [&there](pid_t pid) { return sockets::namespace_of(pid) == there; });
}

}  // namespace

View look(sockets::Namespaces& namespaces, const loaded::Effective& effective, const ShowFilter& filter)
{
    View view;
    const sockets::Snapshot snapshot = sockets::take_snapshot(namespaces, {}, sockets::Detail::everything);
    const policy::Rules rules = effective.rules();
    Collector collector(snapshot, rules, filter, view);
    for (const auto& network : snapshot.networks) {
        for (const sockets::Socket& socket : network->sockets)
            collector.add(*network, socket);
    }
    view.rows = collector.rows();
    for (const sockets::Snapshot::Unseen& unseen : snapshot.unseen) {
        if (concerns(filter, unseen))
            view.namespaces.push_back(unseen.refusal);
    }
    std::ranges::copy_if(filter.pids, std::back_inserter(view.gone), [](pid_t pid) { return !host::process(pid); });
    return view;
}

}  // namespace kashim::cli
