// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "live/watch_state.h"

#include <unistd.h>

#include <algorithm>

namespace kashim::live {

Flock::Flock(const Chosen& chosen) : everybody_(chosen.everybody()), descendants_(chosen.descendants)
{
    for (const pid_t pid : chosen.pids)
        add(pid);
}

void Flock::add(pid_t root)
{
    if (const auto there = process(root))
        members_.insert(there->id);
}

std::vector<Process> Flock::look()
{
    std::vector<Process> alive;
    if (everybody_) {
        alive = all_processes();
        std::erase_if(alive, [](const Process& one) { return one.id.pid == getpid(); });
    } else {
        std::vector<pid_t> roots;
        for (const ProcessId& member : members_) {
            const auto there = process(member.pid);
            if (there && there->id == member) {
                roots.push_back(member.pid);
                alive.push_back(*there);
            }
        }
        if (descendants_)
            alive = with_descendants(all_processes(), roots);
        members_.clear();
        for (const Process& one : alive)
            members_.insert(one.id);
    }
    std::ranges::sort(alive, [](const Process& a, const Process& b) { return decides_before(a.id, b.id); });
    return alive;
}

}  // namespace kashim::live
