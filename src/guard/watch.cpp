// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "guard/watch.h"

#include "guard/watch_state.h"

#include <algorithm>
#include <utility>

namespace kashim::guard {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::milliseconds quarter_of_smallest_idle(const policy::Rules& rules)
{
    auto shortest = std::chrono::duration_cast<std::chrono::milliseconds>(policy::kLargestTime);
    for (policy::Table::RuleNumber i = 0; i < rules.table->rules.count; ++i) {
        const policy::Settings settings = rules.overlay.over(rules.table->rule(i).settings);
        if (settings.keepalive == policy::Keepalive::on)
            shortest = std::min<std::chrono::milliseconds>(shortest, settings.idle);
    }
    return std::clamp(shortest / 4, Watch::kShortestInterval, Watch::kLongestInterval);
}

}  // namespace

Watch::Watch(sockets::Chosen chosen, const policy::Rules& rules, sockets::Present present)
    : state_(std::make_unique<State>(chosen, rules, present))
{
    state_->interval = quarter_of_smallest_idle(rules);
}

Watch::~Watch() = default;

void Watch::change_rules(const policy::Rules& rules)
{
    state_->rules = rules;
    ++state_->rules_generation;
    state_->told.clear();
    state_->interval = quarter_of_smallest_idle(rules);
    state_->full_pass_due = {};
}

void Watch::add(pid_t pid)
{
    state_->flock.add(pid);
}

std::chrono::milliseconds Watch::interval() const
{
    return state_->interval;
}

Pass Watch::pass()
{
    Pass pass =
        state_->waiting.empty() || Clock::now() >= state_->full_pass_due ? state_->full_pass() : state_->slice();
    state_->target.reset();
    pass.waiting = state_->waiting.size();
    pass.processes = state_->living;
    for (const auto& [id, network] : state_->networks)
        pass.sockets += static_cast<std::size_t>(
            std::ranges::count_if(network.records, [](const auto& entry) { return entry.second.program != nullptr; }));
    pass.next = state_->until_next();
    return pass;
}

std::chrono::milliseconds Watch::State::until_next() const
{
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(full_pass_due - Clock::now());
    const auto longest = waiting.empty() ? interval : std::chrono::milliseconds(sockets::kBetweenSlices);
    return std::clamp(rest, std::chrono::milliseconds(0), longest);
}

Pass Watch::State::full_pass()
{
    Pass pass;
    ++number;
    at_once = 0;
    const std::vector<host::RunningProcess> processes = flock.look();
    living = processes.size();
    enter_networks(processes, pass);
    due.clear();
    unknown.clear();
    for (auto& [id, network] : networks)
        list(network, pass);
    for (const Due& one : due)
        retake(one, pass);
    if (!unknown.empty())
        find_holders(processes, pass);
    forget_vanished();
    if (waiting.empty())
        present = sockets::Present::as_found;
    slice_size = std::max(slice_size, sockets::slices_for(waiting.size()).size);
    // From the end on: where a pass takes longer than the interval, what waits for its slice would wait for ever.
    full_pass_due = Clock::now() + interval;
    return pass;
}

}  // namespace kashim::guard
