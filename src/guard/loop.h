// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "guard/events.h"
#include "guard/log.h"
#include "guard/notify.h"
#include "guard/program.h"
#include "guard/rules.h"
#include "guard/signals.h"
#include "guard/watch.h"

#include <chrono>
#include <optional>
#include <vector>

namespace kashim::guard {

/// One guard at work: pass after pass, and in between it waits for signals, for its targets' end and for a new file.
class GuardLoop {
public:
    /// Of processes that run already; everybody where chosen names none.
    GuardLoop(const sockets::Chosen& chosen, sockets::Present present, GuardRules& rules, GuardLog& log,
              Signals& signals);

    /// Of the program and all that it starts. The service manager's words are the program's to say then.
    GuardLoop(GuardedProgram& program, GuardRules& rules, GuardLog& log, Signals& signals);

    /// Until the targets are gone, the program has ended, or SIGTERM or SIGINT came.
    void run();

private:
    using Clock = std::chrono::steady_clock;

    GuardLoop(const sockets::Chosen& chosen, sockets::Present present, GuardedProgram* program, GuardRules& rules,
              GuardLog& log, Signals& signals);
    void pass();
    void watch();
    void look_at_files();
    void read_again();
    void wait();
    void hear(const signalfd_siginfo& signal);
    void look_at_targets();

    GuardedProgram* program_;
    GuardRules& rules_;
    GuardLog& log_;
    Signals& signals_;
    std::optional<ServiceManager> manager_;
    GuardEvents events_;
    Watch watch_;
    std::vector<platform::Descriptor> targets_;  // a pidfd each, of those that live
    bool named_targets_;
    bool pass_at_once_ = false;
    bool end_ = false;
    std::string status_;
    Clock::time_point next_pass_{};
    Clock::time_point next_alive_ = Clock::time_point::max();
    Clock::time_point next_look_ = Clock::time_point::max();
};

}  // namespace kashim::guard
