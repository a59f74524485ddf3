// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/apply.h"

#include "sockets/set.h"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

namespace kashim::sockets {
namespace {

// Works through one process's sockets: what can be set at once is, what would burst is put aside.
class Applier {
public:
    Applier(const Holder& holder, const policy::Rules& rules, const ApplyOptions& options, ProcessResult& result)
        : options_(options), result_(result), name_(holder.facts.name), target_(holder.id),
          policy_(rules, holder.facts.program())
    {
    }

    /// Whether it has to wait for its slice.
    enum class When : std::uint8_t { now, in_a_slice };
    bool must_wait(const Held& held, When when)
    {
        if (options_.before_taking)
            options_.before_taking();
        Examined examined = examine(target_, held, *policy_, options_.present);
        if (examined.gone || examined.unconnected) {
            ++result_.gone;
        } else if (examined.refusal) {
            result_.not_taken.push_back({held.fd, held.socket, std::move(*examined.refusal)});
        } else if (examined.judgement->left_by_rule) {
            ++result_.left_by_rule;
            result_.left.push_back(unchanged(held, examined));
        } else if (!examined.judgement->right()) {
            return put_aside_or_set(held, examined, when);
        } else if (examined.judgement->left_to_program().empty()) {
            ++result_.right;
        } else {
            ++result_.left_to_program;
            result_.left.push_back(unchanged(held, examined));
        }
        return false;
    }

    const HeldProcess& target() const { return target_; }

private:
    bool put_aside_or_set(const Held& held, Examined& examined, When when)
    {
        if (when == When::now && !options_.dry_run && probes_at_once(examined))
            return true;
        ++result_.set;
        result_.changes.push_back(options_.dry_run ? unchanged(held, examined)
                                                   : set(target_.id(), name_, held.fd, examined));
        return false;
    }

    SocketChange unchanged(const Held& held, const Examined& examined) const
    {
        return {target_.id(), name_, held.fd, examined.subject, *examined.judgement, {}, 0};
    }

    const ApplyOptions& options_;
    ProcessResult& result_;
    const std::string& name_;
    HeldProcess target_;
    policy::ProgramPolicy policy_;
};

struct Waiting {
    std::size_t holder;
    const Held* held;
};

// None of a process's sockets can be taken: one sentence, not one for each.
void refuse_all(ProcessResult& result, const Refusal& refusal)
{
    result.refusal = refusal;
    result.not_taken.clear();
}

bool concerns_the_process(const Refusal& refusal)
{
    return refusal.why != Refusal::Why::too_many_descriptors && refusal.why != Refusal::Why::other;
}

std::vector<const Held*> apply_to(const Holder& holder, const policy::Rules& rules, const ApplyOptions& options,
                                  ProcessResult& result)
{
    std::vector<const Held*> waiting;
    if (holder.refusal) {
        result.refusal = holder.refusal;
        return waiting;
    }
    Applier applier(holder, rules, options, result);
    if (applier.target().refusal() && !applier.target().gone()) {
        refuse_all(result, *applier.target().refusal());
        return waiting;
    }
    for (const Held& held : holder.sockets) {
        if (!held.decides) {
            ++result.decided_elsewhere;
            continue;
        }
        if (applier.must_wait(held, Applier::When::now))
            waiting.push_back(&held);
        if (result.not_taken.size() == 1 && concerns_the_process(result.not_taken.front().refusal)) {
            refuse_all(result, result.not_taken.front().refusal);
            break;
        }
    }
    return waiting;
}

void sleep_for(std::chrono::milliseconds time)
{
    std::this_thread::sleep_for(time);
}

}  // namespace

Slices slices_for(std::size_t sockets)
{
    if (sockets <= kProbesAtOnce)
        return {sockets, std::chrono::milliseconds(0)};
    const auto most = static_cast<std::size_t>(kLongestSpread / kBetweenSlices);
    return {std::max(kProbesAtOnce, (sockets + most - 1) / most), kBetweenSlices};
}

Applied apply(const Snapshot& snapshot, const policy::Rules& rules, const ApplyOptions& options)
{
    Applied applied;
    std::vector<Waiting> waiting;
    for (const Holder& holder : snapshot.holders) {
        ProcessResult& result = applied.processes.emplace_back();
        result.id = holder.id;
        result.name = holder.facts.name;
        for (const Held* held : apply_to(holder, rules, options, result))
            waiting.push_back({applied.processes.size() - 1, held});
    }
    applied.spread = waiting.size();
    const Slices slices = slices_for(waiting.size());
    std::optional<Applier> applier;
    std::size_t holder = snapshot.holders.size();
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        if (i > 0 && i % slices.size == 0)
            (options.pause ? options.pause : sleep_for)(slices.pause);
        if (std::exchange(holder, waiting[i].holder) != waiting[i].holder)
            applier.emplace(snapshot.holders[holder], rules, options, applied.processes[holder]);
        applier->must_wait(*waiting[i].held, Applier::When::in_a_slice);
    }
    return applied;
}

}  // namespace kashim::sockets
