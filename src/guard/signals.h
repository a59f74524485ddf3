// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/descriptor.h"

#include <signal.h>
#include <sys/signalfd.h>

#include <optional>

namespace kashim::guard {

/// Signals, blocked and read from a descriptor (signalfd(2)): none of them interrupts anything.
class Signals {
public:
    /// Blocks them. SIGCHLD gets its default disposition: ignored, it would take the exit status of a child away.
    explicit Signals(const sigset_t& wanted);

    /// Those that a process can be sent, and that do not come from its own fault.
    static sigset_t all();

    /// Opens the descriptor; what came since they were blocked is still there.
    void open();
    int fd() const { return fd_.get(); }

    /// The next one, if one is there.
    std::optional<signalfd_siginfo> next() const;

    /// In a child: everything as we got it.
    void give_back() const;

    /// Lets the signal do to us what it does by default, now. Comes back where that is nothing, or after SIGCONT.
    void suffer(int signal) const;

private:
    sigset_t wanted_;
    sigset_t mask_before_{};
    struct sigaction child_before_ {};
    platform::Descriptor fd_;
};

}  // namespace kashim::guard
