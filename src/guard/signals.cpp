// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "guard/signals.h"

#include <unistd.h>

namespace kashim::guard {

Signals::Signals(const sigset_t& wanted) : wanted_(wanted)
{
    ::sigprocmask(SIG_BLOCK, &wanted_, &mask_before_);
    struct sigaction by_default {};
    by_default.sa_handler = SIG_DFL;
    ::sigaction(SIGCHLD, &by_default, &child_before_);
}

sigset_t Signals::all()
{
    sigset_t set;
    ::sigfillset(&set);
    // Sent by a fault of ours they would end us all the same, but without a word (sigprocmask(2)).
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS})
        ::sigdelset(&set, fault);
    return set;
}

void Signals::open()
{
    fd_ = platform::Descriptor(::signalfd(-1, &wanted_, SFD_CLOEXEC | SFD_NONBLOCK));
}

std::optional<signalfd_siginfo> Signals::next() const
{
    signalfd_siginfo signal;
    if (::read(fd_.get(), &signal, sizeof signal) != sizeof signal)
        return std::nullopt;
    return signal;
}

void Signals::give_back() const
{
    ::sigaction(SIGCHLD, &child_before_, nullptr);
    ::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
}

void Signals::suffer(int signal) const
{
    struct sigaction by_default {};
    by_default.sa_handler = SIG_DFL;
    ::sigaction(signal, &by_default, nullptr);
    sigset_t one;
    ::sigemptyset(&one);
    ::sigaddset(&one, signal);
    ::raise(signal);
    ::sigprocmask(SIG_UNBLOCK, &one, nullptr);
    ::sigprocmask(SIG_BLOCK, &one, nullptr);
}

}  // namespace kashim::guard
