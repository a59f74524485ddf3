// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "guard/events.h"

#include "platform/describe.h"
#include "text/socket.h"

#include <fmt/format.h>

#include <map>
#include <vector>

namespace kashim::guard {
namespace {

using platform::Level;

// More lines than this with the same words become one.
constexpr std::size_t kMostAlike = 3;

// Then they are said once more: a guard lives for years, and its memory is bounded.
constexpr std::size_t kMostRemembered = 1024;

// What was set on one socket after the other of one process in one pass, in the same words.
struct Alike {
    std::vector<const sockets::SocketChange*> changes;
    std::string rule;
    std::string values;
};

}  // namespace

void GuardEvents::report(const Pass& pass, const loaded::Effective& rules)
{
    report_changes(pass.changes, rules);
    report_troubles(pass.troubles);
}

void GuardEvents::report_changes(const std::vector<sockets::SocketChange>& changes, const loaded::Effective& rules)
{
    std::map<std::pair<host::ProcessId, std::string>, Alike> all;
    for (const sockets::SocketChange& change : changes) {
        if (!change.refused.empty())
            report_refused(change, rules);
        const policy::OptionSet done = change.judgement.wrong - change.refused;
        if (done.empty() || !log_.says(Level::info))
            continue;
        Alike alike{{},
                    text::rule_text(rules, change.judgement.decision.rule),
                    text::values_text(change.judgement.after, done)};
        const auto place = all.try_emplace({change.process, alike.rule + alike.values}, std::move(alike)).first;
        place->second.changes.push_back(&change);
    }
    for (const auto& entry : all) {
        const Alike& alike = entry.second;
        const std::string process = text::process_text(alike.changes[0]->name, entry.first.first.pid);
        const auto say = [&](std::string_view which) {
            log_.say(Level::info, fmt::format("{}: {}, {}: set {}", process, which, alike.rule, alike.values));
        };
        if (alike.changes.size() > kMostAlike) {
            say(text::counted(alike.changes.size(), "socket"));
            continue;
        }
        for (const sockets::SocketChange* const change : alike.changes)
            say(text::connection_text(change->fd, change->subject));
    }
}

void GuardEvents::report_refused(const sockets::SocketChange& change, const loaded::Effective& rules)
{
    const std::string what =
        fmt::format("{} refused: {}", text::names_text(change.refused), text::errno_text(change.error));
    if (refused_.size() >= kMostRemembered)
        refused_.clear();
    if (!refused_.insert(fmt::format("{} {} {}", change.process.pid, change.process.start, what)).second)
        return;
    log_.say(Level::warn, fmt::format("{}: {}, {}: {}", text::process_text(change.name, change.process.pid),
                                      text::connection_text(change.fd, change.subject),
                                      text::rule_text(rules, change.judgement.decision.rule), what));
}

void GuardEvents::report_troubles(const std::vector<Pass::Trouble>& troubles)
{
    std::map<sockets::Refusal::Why, std::vector<const Pass::Trouble*>> all;
    for (const Pass::Trouble& trouble : troubles) {
        if (trouble.refusal.why != sockets::Refusal::Why::gone)
            all[trouble.refusal.why].push_back(&trouble);
    }
    for (const auto& [why, alike] : all) {
        const bool fold = alike.size() > kMostAlike;
        if (fold)
            log_.say(Level::warn, fmt::format("{} cannot be guarded for the same reason; one of them is {}: {}",
                                              text::counted(alike.size(), "process"),
                                              text::process_text(alike[0]->name, alike[0]->process.pid),
                                              text::refusal_text(alike[0]->refusal)));
        for (const Pass::Trouble* const trouble : alike) {
            const bool is_other = program_ && trouble->process.pid != *program_;
            const Level level = fold ? Level::debug : is_other ? Level::info : Level::warn;
            if (log_.says(level))
                log_.say(level, fmt::format("{} cannot be guarded: {}",
                                            text::process_text(trouble->name, trouble->process.pid),
                                            text::refusal_text(trouble->refusal)));
        }
    }
}

std::string guard_status(const Pass& pass)
{
    return fmt::format("guarding {} of {}", text::counted(pass.sockets, "socket"),
                       text::counted(pass.processes, "process"));
}

}  // namespace kashim::guard
