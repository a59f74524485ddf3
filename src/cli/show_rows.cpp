// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/show_rows.h"

#include "cli/socket_text.h"
#include "live/examine.h"
#include "live/rules.h"
#include "live/taken.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace kashim::cli {
namespace {

// What is needed of a process once one of its sockets is looked at.
struct Looker {
    live::Target target;
    live::ProgramPolicy policy;

    Looker(const live::Holder& holder, const live::Rules& rules)
        : target(holder.id), policy(rules, holder.facts.program())
    {
    }
};

struct Grip {
    std::size_t holder = 0;
    const live::Held* held = nullptr;
};

class Collector {
public:
    Collector(const live::Snapshot& snapshot, const live::Rules& rules, const ShowFilter& filter, View& view)
        : snapshot_(snapshot), rules_(rules), filter_(filter), view_(view), lookers_(snapshot.holders.size()),
          missed_(snapshot.holders.size(), 0)
    {
        for (std::size_t i = 0; i < snapshot.holders.size(); ++i) {
            const live::Holder& holder = snapshot.holders[i];
            admitted_.push_back(filter.admits(holder));
            some_unseen_ = some_unseen_ || holder.refusal;
            if (holder.refusal && (filter.pids.empty() || admitted_.back()))
                note_gap(*holder.refusal, i, 0);
            for (const live::Held& held : holder.sockets)
                grips_[held.socket].push_back({i, &held});
        }
        for (auto& [socket, grips] : grips_)
            std::ranges::stable_partition(grips, [](const Grip& grip) { return grip.held->decides; });
    }

    void add(const live::Network& network, const live::Socket& socket)
    {
        const auto found = grips_.find(&socket);
        const bool is_held = found != grips_.end();
        if (filter_.asks_for_holder() && !(is_held && is_admitted(found->second))) {
            if (!is_held && filter_.admits(socket) && filter_.pids.empty() && holder_of(socket) == Row::Held::unseen)
                ++view_.unattributed;
            return;
        }
        if (!filter_.admits(socket)) {
            view_.listeners += socket.state == live::State::listen ? 1 : 0;
            return;
        }
        Row row;
        row.socket = socket;
        row.netns = network.id.inode;
        row.elsewhere = &network != snapshot_.networks.front().get();
        row.held = is_held ? Row::Held::by_process : holder_of(socket);
        if (is_held && !look_at(found->second, row))
            return;
        view_.rows.push_back(std::move(row));
    }

private:
    bool is_admitted(const std::vector<Grip>& grips) const
    {
        return std::ranges::any_of(grips, [this](const Grip& grip) { return admitted_[grip.holder]; });
    }

    Row::Held holder_of(const live::Socket& socket) const
    {
        using live::State;
        if (socket.inode == 0)
            return socket.state == State::established || socket.state == State::close_wait ? Row::Held::queued
                                                                                           : Row::Held::closed;
        return some_unseen_ ? Row::Held::unseen : Row::Held::by_nobody;
    }

    // The rule is the first holder's; the values may come through another one that may be looked into. False where the
    // socket has been closed.
    bool look_at(const std::vector<Grip>& grips, Row& row)
    {
        for (const Grip& grip : grips) {
            const live::Holder& holder = snapshot_.holders[grip.holder];
            row.owners.push_back({holder.id.pid, holder.facts.name, grip.held->fd});
        }
        std::optional<live::Refusal> first_refusal;
        for (const Grip& grip : grips) {
            live::Examined examined =
                live::examine(looker(grip.holder).target, *grip.held, *looker(grips.front().holder).policy);
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

    Looker& looker(std::size_t holder)
    {
        std::unique_ptr<Looker>& looker = lookers_[holder];
        if (!looker)
            looker = std::make_unique<Looker>(snapshot_.holders[holder], rules_);
        return *looker;
    }

    void note_gap(const live::Refusal& refusal, std::size_t holder, std::size_t sockets)
    {
        auto gap = std::ranges::find(view_.gaps, refusal.why, [](const Gap& known) { return known.refusal.why; });
        if (gap == view_.gaps.end())
            gap = view_.gaps.insert(gap, {refusal, 0, 0});
        gap->processes += missed_[holder]++ == 0 ? 1 : 0;
        gap->sockets += sockets;
    }

    const live::Snapshot& snapshot_;
    const live::Rules& rules_;
    const ShowFilter& filter_;
    View& view_;
    std::vector<std::unique_ptr<Looker>> lookers_;
    std::vector<std::size_t> missed_;  // of each holder: how often something of it could not be seen
    std::vector<bool> admitted_;
    bool some_unseen_ = false;
    std::unordered_map<const live::Socket*, std::vector<Grip>> grips_;
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

}  // namespace

View look(live::Namespaces& namespaces, const Effective& effective, const ShowFilter& filter)
{
    View view;
    const live::Snapshot snapshot = live::take_snapshot(namespaces, {}, live::Detail::everything);
    const live::Rules rules = rules_of(effective);
    Collector collector(snapshot, rules, filter, view);
    for (const auto& network : snapshot.networks) {
        for (const live::Socket& socket : network->sockets)
            collector.add(*network, socket);
    }
    std::ranges::sort(view.rows, stands_before);
    for (const live::Snapshot::Unseen& unseen : snapshot.unseen)
        view.namespaces.push_back(unseen.refusal);
    std::ranges::copy_if(filter.pids, std::back_inserter(view.gone), [](pid_t pid) { return !live::process(pid); });
    return view;
}

}  // namespace kashim::cli
