// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "guard/signals.h"

#include <sys/types.h>

#include <functional>
#include <optional>

namespace kashim::guard {

/// The program of `guard -- PROGRAM`: our child, in our process group and on our terminal, with the environment, the
/// descriptors and the signal dispositions that we got. Who sent us a signal, waits for us or reads what it writes
/// sees the program. Being its ancestor is what lets us take its sockets where Yama says so (ptrace_scope 1), and its
/// orphans become our children (PR_SET_CHILD_SUBREAPER) for the same reason.
class GuardedProgram {
public:
    /// Starts it and waits until it is executed. become: becomes the program, in the child; comes back only where that
    /// cannot be done, with the exit status for it, and has said why. From then on this process has none
    /// of the descriptors that it got but standard error, and its working folder is the root: a pipe's end, a mount or a
    /// lock that the program gives up is given up. The program ends with our caller where that wanted it of us
    /// (PR_SET_PDEATHSIG). Nothing where fork(2) fails (errno tells).
    static std::optional<GuardedProgram> start(const std::function<int()>& become, Signals& signals);

    pid_t pid() const { return pid_; }

    /// Gives the program a signal that came to us, if it has not had it already: what the terminal sends goes to the
    /// whole process group, and what the program itself sent us is not sent back.
    void forward(const signalfd_siginfo& signal) const;

    /// After a SIGCHLD: takes note of the program's end, and stops with it where a shell would wait for that (Ctrl-Z),
    /// until somebody continues us, or the program alone.
    /// Buries orphans.
    void look(Signals& signals);

    bool ended() const { return status_.has_value(); }

    /// Ends as it ended: by the same signal, without a second core dump, or with its exit status, which is returned.
    int end_alike(Signals& signals) const;

private:
    explicit GuardedProgram(pid_t pid) : pid_(pid) {}

    pid_t pid_;
    pid_t waker_ = -1;           // what continued us last: its signal is not for the program
    std::optional<int> status_;  // as waitpid(2) gives it
};

}  // namespace kashim::guard
