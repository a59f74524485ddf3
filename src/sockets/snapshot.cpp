// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/snapshot.h"

#include "host/proc.h"
#include "host/program_facts.h"
#include "sockets/descriptors.h"

#include <unistd.h>

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace kashim::sockets {
namespace {

struct Place {
    const Socket* socket;
    const NetworkSockets* network;
};
using Places = std::unordered_map<std::uint32_t, Place>;

std::vector<host::RunningProcess> chosen_processes(const Chosen& chosen, Snapshot& snapshot)
{
    std::vector<host::RunningProcess> found;
    if (!chosen.everybody()) {
        for (const pid_t pid : chosen.pids) {
            if (const auto there = host::process(pid))
                found.push_back(*there);
            else if (host::is_hidden(pid))
                snapshot.holders.push_back({{pid, 0}, {}, {}, {}, why_hidden(pid)});
            else
                snapshot.gone.push_back(pid);
        }
        std::ranges::sort(found, {}, [](const host::RunningProcess& one) { return one.id; });
        const auto is_same = [](const host::RunningProcess& a, const host::RunningProcess& b) { return a.id == b.id; };
        found.erase(std::unique(found.begin(), found.end(), is_same), found.end());
        if (!chosen.descendants)
            return found;
    }
    std::vector<host::RunningProcess> all = host::all_processes();
    if (!chosen.everybody())
        return host::with_descendants(all, chosen.pids);
    std::erase_if(all, [](const host::RunningProcess& one) { return one.id.pid == getpid(); });
    return all;
}

// Lists the sockets of namespaces, each once.
class Lister {
public:
    Lister(Namespaces& namespaces, Snapshot& snapshot, Detail detail)
        : namespaces_(namespaces), snapshot_(snapshot), detail_(detail)
    {
    }

    void list_own() { list(namespaces_.own(), getpid()); }

    void list_of(pid_t pid)
    {
        const auto id = namespace_of(pid);
        if (id && !met_.insert(id->inode).second)
            return;
        list(namespaces_.of(pid), pid);
    }

private:
    void list(const Namespaces::Entered& entered, pid_t pid)
    {
        if (entered.there == nullptr) {
            if (entered.refusal->why != Refusal::Why::gone)
                snapshot_.unseen.push_back({pid, *entered.refusal});
            return;
        }
        met_.insert(entered.there->id().inode);
        auto network = std::make_unique<NetworkSockets>();
        network->id = entered.there->id();
        if (const int error = entered.there->sock_diag().list(network->sockets, detail_); error != 0) {
            snapshot_.unseen.push_back({pid, why_not_listed(error)});
            return;
        }
        network->listeners = Listeners(network->sockets);
        network->untouched = entered.there->untouched();
        snapshot_.networks.push_back(std::move(network));
    }

    Namespaces& namespaces_;
    Snapshot& snapshot_;
    Detail detail_;
    std::unordered_set<std::uint64_t> met_;
};

Places places_in(const Snapshot& snapshot)
{
    Places places;
    for (const auto& network : snapshot.networks) {
        for (const Socket& socket : network->sockets) {
            if (socket.inode != 0)
                places.emplace(socket.inode, Place{&socket, network.get()});
        }
    }
    return places;
}

std::vector<Held> held_by(const SocketDescriptors& descriptors, const Places& places)
{
    std::vector<Held> held;
    std::unordered_set<const Socket*> met;
    for (const SocketDescriptor& descriptor : descriptors.sockets) {
        const auto place = places.find(descriptor.inode);
        if (place != places.end() && met.insert(place->second.socket).second)
            held.push_back({descriptor.fd, place->second.socket, place->second.network, true});
    }
    return held;
}

void choose_who_decides(std::vector<Holder>& holders)
{
    struct First {
        host::ProcessId holder;
        Held* held;
    };
    std::unordered_map<const Socket*, First> deciding;
    for (Holder& holder : holders) {
        for (Held& held : holder.sockets) {
            const auto [entry, is_new] = deciding.try_emplace(held.socket, First{holder.id, &held});
            if (is_new)
                continue;
            First& first = entry->second;
            if (decides_before(holder.id, first.holder)) {
                first.held->decides = false;
                first = {holder.id, &held};
            } else {
                held.decides = false;
            }
        }
    }
}

}  // namespace

bool decides_before(const host::ProcessId& a, const host::ProcessId& b)
{
    constexpr pid_t kInit = 1;
    const auto key = [](const host::ProcessId& id) { return std::tuple(id.pid == kInit, id.start, id.pid); };
    return key(a) < key(b);
}

std::vector<const Socket*> Snapshot::without_holder() const
{
    std::unordered_set<const Socket*> held;
    for (const Holder& holder : holders) {
        for (const Held& one : holder.sockets)
            held.insert(one.socket);
    }
    std::vector<const Socket*> others;
    for (const auto& network : networks) {
        for (const Socket& socket : network->sockets) {
            if (!held.contains(&socket))
                others.push_back(&socket);
        }
    }
    return others;
}

Snapshot take_snapshot(Namespaces& namespaces, const Chosen& chosen, Detail detail)
{
    Snapshot snapshot;
    struct Seen {
        host::RunningProcess process;
        SocketDescriptors descriptors;
    };
    std::vector<Seen> seen;
    Lister lister(namespaces, snapshot, detail);
    lister.list_own();
    for (const host::RunningProcess& one : chosen_processes(chosen, snapshot)) {
        Seen there{one, socket_descriptors(one.id.pid)};
        if (!there.descriptors.refusal)
            lister.list_of(one.id.pid);
        seen.push_back(std::move(there));
    }
    const Places places = places_in(snapshot);
    for (Seen& there : seen) {
        const pid_t pid = there.process.id.pid;
        Holder holder{there.process.id, {}, {}, held_by(there.descriptors, places), there.descriptors.refusal};
        if (holder.refusal && holder.refusal->why == Refusal::Why::gone)
            continue;
        if (holder.sockets.empty() && !holder.refusal)
            continue;
        auto facts = host::program_facts_of(pid);
        if (!facts)
            continue;
        holder.facts = std::move(*facts);
        const auto status = host::proc_status(pid);
        holder.user = status ? std::optional(status->uids[1]) : std::nullopt;
        snapshot.holders.push_back(std::move(holder));
    }
    std::ranges::sort(snapshot.holders, {}, [](const Holder& holder) { return holder.id.pid; });
    choose_who_decides(snapshot.holders);
    return snapshot;
}

}  // namespace kashim::sockets
