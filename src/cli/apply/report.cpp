// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/apply/report.h"

#include "cli/apply/lines.h"
#include "host/proc.h"
#include "text/socket.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace kashim::cli {
namespace {

std::string tally_text(const ApplyTally& tally, bool dry_run)
{
    std::string text;
    const auto add = [&text](std::string_view what, std::size_t count) {
        if (count != 0)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", what, count);
    };
    add(dry_run ? "would set" : "set", tally.set);
    add("already right", tally.right);
    add("left to the program", tally.left_to_program);
    add("left by rule", tally.left_by_rule);
    add("left to an older process that shares them", tally.decided_elsewhere);
    add("closed meanwhile", tally.gone);
    add("refused", tally.refused);
    return text;
}

bool needs_no_word(const sockets::ProcessResult& result)
{
    const ApplyTally tally = tally_of(result);
    return !result.refusal && tally.set + tally.left_to_program + tally.left_by_rule + tally.refused == 0;
}

// Why the rules have nothing to say to a program, in front of everything else; empty where they have.
std::string stand_of(const loaded::Effective& effective, const sockets::Holder& holder)
{
    const policy::Program program = holder.facts.program();
    if (policy::ProgramPolicy(effective.rules(), program)->leaves_everything())
        return "the rules leave this program alone (keepalive = \"leave\")";
    const std::vector<policy::Rule>& rules = effective.parsed.rules.rules;
    const bool concerned = rules.empty() || std::ranges::any_of(rules, [&program](const policy::Rule& rule) {
                               return policy::matches(rule.selector, program);
                           });
    const auto defaults = static_cast<policy::Table::RuleNumber>(rules.size());
    return concerned ? ""
                     : fmt::format("no rule is for this program: it gets {}", text::rule_text(effective, defaults));
}

class Report {
public:
    Report(const ApplyOutcome& outcome, const loaded::Effective& effective, PerSocket per_socket)
        : outcome_(outcome), effective_(effective), per_socket_(per_socket)
    {
    }

    std::vector<std::string> lines() &&
    {
        const std::vector<sockets::ProcessResult>& results = outcome_.applied.processes;
        for (std::size_t i = 0; i < results.size(); ++i)
            add(results[i], outcome_.snapshot.holders[i]);
        for (const pid_t pid : outcome_.pids)
            add_if_without_sockets(pid);
        add_refused_processes();
        for (const sockets::Snapshot::Unseen& unseen : outcome_.snapshot.unseen)
            lines_.push_back("refused, a whole network namespace: " + text::refusal_text(unseen.refusal));
        if (outcome_.everybody || results.size() > 1)
            add_sum();
        return std::move(lines_);
    }

private:
    void add(const sockets::ProcessResult& result, const sockets::Holder& holder)
    {
        if (result.refusal && result.refusal->why == sockets::Refusal::Why::gone)
            return lines_.push_back(text::process_text(result.name, result.id.pid) + ": has ended");
        if (outcome_.everybody && (result.refusal || needs_no_word(result)))
            return;
        const std::string process = text::process_text(result.name, result.id.pid);
        if (const std::string stand = result.refusal ? "" : stand_of(effective_, holder); !stand.empty())
            lines_.push_back(fmt::format("{}: {}", process, stand));
        if (const std::string tally = tally_text(tally_of(result), outcome_.dry_run); !tally.empty())
            lines_.push_back(fmt::format("{}: {}", process, tally));
        if (result.refusal)
            lines_.push_back(fmt::format("{}: refused: {}", process, text::refusal_text(*result.refusal)));
        for (const std::string& line : lines_of(result, effective_, per_socket_, outcome_.dry_run))
            lines_.push_back("  " + line);
    }

    void add_if_without_sockets(pid_t pid)
    {
        const auto is_it = [pid](const sockets::ProcessResult& result) { return result.id.pid == pid; };
        if (std::ranges::any_of(outcome_.applied.processes, is_it))
            return;
        const bool ended = !host::process(pid);
        lines_.push_back(ended ? fmt::format("process {} has ended", pid)
                               : fmt::format("{}: no TCP socket that listens or is connected",
                                             text::process_text(host::proc_name(pid).value_or(std::string()), pid)));
    }

    // Of every process: one line for each reason, however many there are.
    void add_refused_processes()
    {
        if (!outcome_.everybody)
            return;
        std::vector<std::pair<const sockets::Refusal*, std::size_t>> reasons;
        for (const sockets::ProcessResult& result : outcome_.applied.processes) {
            if (!result.refusal || result.refusal->why == sockets::Refusal::Why::gone)
                continue;
            const auto known =
                std::ranges::find(reasons, result.refusal->why, [](const auto& reason) { return reason.first->why; });
            if (known == reasons.end())
                reasons.emplace_back(&*result.refusal, 1);
            else
                ++known->second;
        }
        for (const auto& [refusal, count] : reasons)
            lines_.push_back(fmt::format("refused, {}: {}{}{}{}", text::counted(count, "process"), refusal->sentence,
                                         count > 1 ? fmt::format(" (and {} more likewise)", count - 1) : "",
                                         refusal->remedy.empty() ? "" : "; ", refusal->remedy));
    }

    void add_sum()
    {
        ApplyTally sum;
        std::size_t looked_into = 0;
        for (const sockets::ProcessResult& result : outcome_.applied.processes) {
            sum += tally_of(result);
            looked_into += result.refusal ? 0 : 1;
        }
        if (looked_into == 0)
            return;
        const std::string tally = tally_text(sum, outcome_.dry_run);
        lines_.push_back(
            fmt::format("{}: {}", text::counted(looked_into, "process"), tally.empty() ? "nothing to set" : tally));
    }

    const ApplyOutcome& outcome_;
    const loaded::Effective& effective_;
    PerSocket per_socket_;
    std::vector<std::string> lines_;
};

}  // namespace

ApplyTally& ApplyTally::operator+=(const ApplyTally& other)
{
    set += other.set;
    right += other.right;
    left_to_program += other.left_to_program;
    left_by_rule += other.left_by_rule;
    decided_elsewhere += other.decided_elsewhere;
    gone += other.gone;
    refused += other.refused;
    return *this;
}

ApplyTally tally_of(const sockets::ProcessResult& result)
{
    const auto changed = [&result](auto predicate) {
        return static_cast<std::size_t>(std::ranges::count_if(result.changes, predicate));
    };
    ApplyTally tally;
    tally.set = changed([](const sockets::SocketChange& c) { return !(c.judgement.wrong - c.refused).empty(); });
    tally.refused =
        changed([](const sockets::SocketChange& c) { return !c.refused.empty(); }) + result.not_taken.size();
    tally.right = result.right;
    tally.left_to_program = result.left_to_program;
    tally.left_by_rule = result.left_by_rule;
    tally.decided_elsewhere = result.decided_elsewhere;
    tally.gone = result.gone;
    return tally;
}

bool anything_refused(const ApplyOutcome& outcome)
{
    const bool of_processes = std::ranges::any_of(outcome.applied.processes, [](const sockets::ProcessResult& result) {
        return (result.refusal && result.refusal->why != sockets::Refusal::Why::gone) || tally_of(result).refused != 0;
    });
    return of_processes || !outcome.snapshot.unseen.empty();
}

std::vector<std::string> report_of(const ApplyOutcome& outcome, const loaded::Effective& effective,
                                   PerSocket per_socket)
{
    return Report(outcome, effective, per_socket).lines();
}

}  // namespace kashim::cli
