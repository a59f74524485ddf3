// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/guard_events.h"

#include "cli/socket_text.h"
#include "platform/describe.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <vector>

namespace kashim::cli {
namespace {

using platform::Level;

// More lines than this with the same words become one.
constexpr std::size_t kMostAlike = 3;

// Then they are said once more: a guard lives for years, and its memory is bounded.
constexpr std::size_t kMostRemembered = 1024;

std::string error_text(int error)
{
    std::array<char, 64> memory;
    platform::Text text(memory);
    platform::append_error(text, error);
    return std::string(text.view());
}

// What was set on one socket after the other of one process in one pass, in the same words.
struct Alike {
    std::vector<const live::Change*> changes;
    std::string rule;
    std::string values;
};

}  // namespace

void GuardEvents::report(const live::Pass& pass, const Effective& rules)
{
    report_changes(pass.changes, rules);
    report_troubles(pass.troubles);
}

void GuardEvents::report_changes(const std::vector<live::Change>& changes, const Effective& rules)
{
    std::map<std::pair<live::ProcessId, std::string>, Alike> all;
    for (const live::Change& change : changes) {
        if (!change.refused.empty())
            report_refused(change, rules);
        const policy::OptionSet done = change.judgement.wrong - change.refused;
        if (done.empty() || !log_.says(Level::info))
            continue;
        Alike alike{{}, rule_text(rules, change.judgement.decision.rule), values_text(change.judgement.after, done)};
        const auto place = all.try_emplace({change.process, alike.rule + alike.values}, std::move(alike)).first;
        place->second.changes.push_back(&change);
    }
    for (const auto& [key, alike] : all) {
        const std::string process = process_text(alike.changes[0]->name, key.first.pid);
        const auto say = [&](std::string_view which) {
            log_.say(Level::info, fmt::format("{}: {}, {}: set {}", process, which, alike.rule, alike.values));
        };
        if (alike.changes.size() > kMostAlike) {
            say(counted(alike.changes.size(), "socket"));
            continue;
        }
        for (const live::Change* const change : alike.changes)
            say(connection_text(change->fd, change->subject));
    }
}

void GuardEvents::report_refused(const live::Change& change, const Effective& rules)
{
    const std::string what = fmt::format("{} refused: {}", names_text(change.refused), error_text(change.error));
    if (refused_.size() >= kMostRemembered)
        refused_.clear();
    if (!refused_.insert(fmt::format("{} {} {}", change.process.pid, change.process.start, what)).second)
        return;
    log_.say(Level::warn, fmt::format("{}: {}, {}: {}", process_text(change.name, change.process.pid),
                                      connection_text(change.fd, change.subject),
                                      rule_text(rules, change.judgement.decision.rule), what));
}

void GuardEvents::report_troubles(const std::vector<live::Pass::Trouble>& troubles)
{
    std::map<live::Refusal::Why, std::vector<const live::Pass::Trouble*>> all;
    for (const live::Pass::Trouble& trouble : troubles) {
        if (trouble.refusal.why != live::Refusal::Why::gone)
            all[trouble.refusal.why].push_back(&trouble);
    }
    for (const auto& [why, alike] : all) {
        const bool fold = alike.size() > kMostAlike;
        if (fold)
            log_.say(Level::warn,
                     fmt::format("{} cannot be guarded for the same reason; one of them is {}: {}",
                                 counted(alike.size(), "process"), process_text(alike[0]->name, alike[0]->process.pid),
                                 refusal_text(alike[0]->refusal)));
        for (const live::Pass::Trouble* const trouble : alike) {
            const bool is_other = program_ && trouble->process.pid != *program_;
            const Level level = fold ? Level::debug : is_other ? Level::info : Level::warn;
            if (log_.says(level))
                log_.say(level,
                         fmt::format("{} cannot be guarded: {}", process_text(trouble->name, trouble->process.pid),
                                     refusal_text(trouble->refusal)));
        }
    }
}

std::string guard_status(const live::Pass& pass)
{
    return fmt::format("guarding {} of {}", counted(pass.sockets, "socket"), counted(pass.processes, "process"));
}

}  // namespace kashim::cli
