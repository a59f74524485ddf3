// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "guard/log.h"
#include "guard/watch.h"
#include "loaded/effective.h"

#include <optional>
#include <set>
#include <string>

namespace kashim::guard {

/// Says what the passes of a guard did: a line an event, not a line a pass.
class GuardEvents {
public:
    /// program: the one that was started by this guard. Standard error is its own, so what concerns others than itself
    /// (a sudo that it runs) is said at a lower level.
    GuardEvents(GuardLog& log, std::optional<pid_t> program) : log_(log), program_(program) {}

    /// The rules are those that decided in this pass.
    void report(const Pass& pass, const loaded::Effective& rules);

private:
    void report_changes(const std::vector<sockets::SocketChange>& changes, const loaded::Effective& rules);
    void report_refused(const sockets::SocketChange& change, const loaded::Effective& rules);
    void report_troubles(const std::vector<Pass::Trouble>& troubles);

    GuardLog& log_;
    std::optional<pid_t> program_;
    std::set<std::string> refused_;  // what was said of options that the kernel did not take: once a process and cause
};

/// "guarding 812 sockets of 12 processes": for systemctl status.
std::string guard_status(const Pass& pass);

}  // namespace kashim::guard
