// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// A pass of the watch, first half: what is there, and what of it has to be looked at.
#include "guard/watch_state.h"

#include <algorithm>

namespace kashim::guard {
namespace {

bool can_probe(sockets::TcpState state)
{
    return state == sockets::TcpState::established || state == sockets::TcpState::close_wait;
}

// Whether the timer contradicts what we left: nobody would notice otherwise before it is the socket's turn.
bool is_doubtful(const sockets::Socket& socket, const Record& record)
{
    if (record.odd_timer || !record.left || !can_probe(socket.state))
        return false;
    const sockets::Timer& timer = socket.timer;
    const policy::Values& left = record.left->values;
    if (timer.kind == sockets::Timer::Kind::none)
        return left.keepalive;
    if (timer.kind != sockets::Timer::Kind::keepalive)
        return false;
    // Between unanswered probes the interval runs. A second more, because the kernel rounds.
    const auto longest = std::max(left.idle, left.interval) + std::chrono::seconds(1);
    return !left.keepalive || timer.expires > longest;
}

}  // namespace

void Watch::State::enter_networks(const std::vector<host::RunningProcess>& processes, Pass& pass)
{
    constexpr std::uint32_t kTryAgain = kTurns;
    if (number % kTryAgain == 0)
        closed_networks.clear();
    std::vector<sockets::NamespaceId> wanted;
    const auto enter = [&](const sockets::Namespaces::Entered& entered, const host::ProcessId& process) {
        if (entered.there == nullptr) {
            tell(process, *entered.refusal, pass);
            return;
        }
        wanted.push_back(entered.there->id());
        networks[wanted.back()].now.id = wanted.back();
    };
    enter(namespaces.own(), {});
    for (const host::RunningProcess& one : processes) {
        const auto id = sockets::namespace_of(one.id.pid);
        if (!id || closed_networks.contains(*id) || std::ranges::find(wanted, *id) != wanted.end())
            continue;
        const std::size_t before = wanted.size();
        enter(namespaces.of(one.id.pid), one.id);
        if (wanted.size() == before)
            closed_networks.insert(*id);
    }
    namespaces.keep_only(wanted);
    std::erase_if(networks,
                  [&wanted](const auto& entry) { return std::ranges::find(wanted, entry.first) == wanted.end(); });
}

void Watch::State::list(WatchedNetwork& network, Pass& pass)
{
    sockets::Namespace* const there = namespaces.find(network.now.id);
    network.now.sockets.clear();
    if (const int error = there->sock_diag().list(network.now.sockets, sockets::Detail::plain); error != 0) {
        tell({}, sockets::why_not_listed(error), pass);
        // Nothing is known of them in this pass, which is no reason to forget them.
        for (auto& [cookie, record] : network.records)
            record.seen = number;
        return;
    }
    network.now.listeners = sockets::Listeners(network.now.sockets);
    network.now.untouched = there->untouched();
    const bool strange_ones_too = number % kTurns == 0;
    for (const sockets::Socket& socket : network.now.sockets) {
        const auto entry = network.records.find(socket.cookie);
        if (entry == network.records.end()) {
            unknown.emplace(socket.inode, Due{&network, &socket});
            continue;
        }
        Record& record = entry->second;
        record.seen = number;
        if (record.program == nullptr) {
            if (strange_ones_too || record.rules != rules_generation)
                unknown.emplace(socket.inode, Due{&network, &socket});
            continue;
        }
        if (record.waits)
            continue;
        const bool its_turn = record.follows && socket.cookie % kTurns == number % kTurns;
        record.in_doubt = record.follows && is_doubtful(socket, record);
        if (its_turn || record.in_doubt || record.rules != rules_generation)
            due.push_back({&network, &socket});
    }
}

void Watch::State::forget_vanished()
{
    for (auto& [id, network] : networks)
        std::erase_if(network.records, [this](const auto& entry) { return entry.second.seen != number; });
    std::erase_if(programs, [](const auto& entry) { return entry.second.expired(); });
    std::erase_if(told, [](const host::ProcessId& id) {
        const auto there = host::process(id.pid);
        return id.pid != 0 && !(there && there->id == id);
    });
}

}  // namespace kashim::guard
