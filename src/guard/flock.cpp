// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "guard/watch_state.h"

#include <unistd.h>

#include <algorithm>

namespace kashim::guard {

Flock::Flock(const sockets::Chosen& chosen) : everybody_(chosen.everybody()), descendants_(chosen.descendants)
{
    for (const pid_t pid : chosen.pids)
        add(pid);
}

void Flock::add(pid_t root)
{
    if (const auto there = host::process(root))
        members_.insert(there->id);
}

std::vector<host::RunningProcess> Flock::look()
{
    std::vector<host::RunningProcess> alive;
    if (everybody_) {
        alive = host::all_processes();
        std::erase_if(alive, [](const host::RunningProcess& one) { return one.id.pid == getpid(); });
    } else {
        std::vector<pid_t> roots;
        for (const host::ProcessId& member : members_) {
            const auto there = host::process(member.pid);
            if (there && there->id == member) {
                roots.push_back(member.pid);
                alive.push_back(*there);
            }
        }
        if (descendants_)
            alive = host::with_descendants(host::all_processes(), roots);
        members_.clear();
        for (const host::RunningProcess& one : alive)
            members_.insert(one.id);
    }
    std::ranges::sort(alive, [](const host::RunningProcess& a, const host::RunningProcess& b) {
        return sockets::decides_before(a.id, b.id);
    });
    return alive;
}

}  // namespace kashim::guard
