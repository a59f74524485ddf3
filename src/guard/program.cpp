// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "guard/program.h"

#include "host/proc.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

namespace kashim::guard {
namespace {

// A service manager gives these the number of the process that it started, which is ours: a program that reads another
// number than its own takes what comes with it (sockets, a watchdog) as not meant for it (sd_listen_fds(3)).
void put_own_number_for(pid_t guard)
{
    const std::string old = std::to_string(guard);
    bool changed = false;
    for (const char* name : {"LISTEN_PID", "WATCHDOG_PID", "SYSTEMD_EXEC_PID"}) {
        const char* const value = std::getenv(name);
        if (value == nullptr || value != old)
            continue;
        ::setenv(name, std::to_string(::getpid()).c_str(), 1);
        changed = true;
    }
    // The same as LISTEN_PID, as the number of a pidfd (systemd 257): where it is missing LISTEN_PID alone counts.
    if (changed)
        ::unsetenv("LISTEN_PIDFDID");
}

// Everything that the program got from us is its own now.
void let_go()
{
    std::vector<int> open;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(host::proc_path(host::kSelf, "fd"), error)) {
        const std::string name = entry.path().filename();
        int fd = -1;
        std::from_chars(name.data(), name.data() + name.size(), fd);
        if (fd > STDERR_FILENO)
            open.push_back(fd);
    }
    for (const int fd : open)
        ::close(fd);
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(nothing, STDOUT_FILENO);
    if (nothing > STDERR_FILENO)
        ::close(nothing);
    [[maybe_unused]] const int done = ::chdir("/");
}

// What the kernel sends to a terminal's whole foreground process group, or to us alone for our own processor time.
bool is_not_for_program(int signal)
{
    constexpr std::array kNot{SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH, SIGHUP, SIGCONT, SIGXCPU};
    return std::find(kNot.begin(), kNot.end(), signal) != kNot.end();
}

// A terminal that hangs up tells the leader of its session alone, and continues it (tty_signal_session_leader in
// drivers/tty/tty_jobctrl.c): without us that would be the program.
bool is_hangup_of_leader(int signal)
{
    return (signal == SIGHUP || signal == SIGCONT) && ::getsid(0) == ::getpid();
}

// A caller that wants its child to end with it (setpriv --pdeathsig) means the program; but the wish is the kernel's
// with us, and a child does not inherit it. SIGKILL is the one such signal that we cannot hand on.
void end_with(pid_t guard, int signal)
{
    if (signal == 0)
        return;
    ::prctl(PR_SET_PDEATHSIG, signal);
    if (::getppid() != guard)  // too late for that
        ::raise(signal);
}

// By a signal or by a tracer.
bool stands_still(pid_t pid)
{
    const auto stat = host::proc_stat(pid);
    return stat && stat->stands_still();
}

// A child of ours that continues us when the program goes on or is gone: who continues or kills the program alone does
// not know of us, and our caller would wait for ever. It goes on until we end it, because we may not have stopped yet.
pid_t start_waker(pid_t program)
{
    const pid_t guard = ::getpid();
    const pid_t waker = ::fork();
    if (waker != 0)
        return waker;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (::getppid() == guard) {
        if (!stands_still(program))
            ::kill(guard, SIGCONT);
        ::usleep(50'000);
    }
    ::_exit(0);
}

}  // namespace

std::optional<GuardedProgram> GuardedProgram::start(const std::function<int()>& become, Signals& signals)
{
    // Closed by a successful exec, and by the end of a child that comes to none.
    std::array<int, 2> executed{};
    if (::pipe2(executed.data(), O_CLOEXEC) != 0)
        return std::nullopt;
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t guard = ::getpid();
    int with_caller = 0;
    ::prctl(PR_GET_PDEATHSIG, &with_caller);
    const pid_t pid = ::fork();
    if (pid < 0)
        return std::nullopt;
    if (pid == 0) {
        signals.give_back();
        end_with(guard, with_caller);
        put_own_number_for(guard);
        ::_exit(become());
    }
    ::close(executed[1]);
    char nothing = 0;
    [[maybe_unused]] const ssize_t end = ::read(executed[0], &nothing, 1);
    let_go();
    signals.open();
    return GuardedProgram(pid);
}

void GuardedProgram::forward(const signalfd_siginfo& signal) const
{
    const auto number = static_cast<int>(signal.ssi_signo);
    const auto from = static_cast<pid_t>(signal.ssi_pid);
    const bool by_kernel = signal.ssi_code == SI_KERNEL;
    if (by_kernel && is_not_for_program(number) && !is_hangup_of_leader(number))
        return;
    if (!by_kernel && (from == pid_ || from == waker_ || from == ::getpid()))
        return;
    if (ended())
        return;
    if (signal.ssi_code == SI_QUEUE) {
        sigval value{};
        value.sival_ptr = reinterpret_cast<void*>(static_cast<std::uintptr_t>(signal.ssi_ptr));
        ::sigqueue(pid_, number, value);
        return;
    }
    ::kill(pid_, number);
}

void GuardedProgram::look(Signals& signals)
{
    int status = 0;
    for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid == pid_)
            status_ = status;
    }
    siginfo_t stopped{};
    if (!ended() && ::waitid(P_PID, static_cast<id_t>(pid_), &stopped, WSTOPPED | WNOHANG) == 0 &&
        stopped.si_pid == pid_) {
        // Not SIGSTOP: nobody may be there who would continue us (under a service manager), and in such an orphaned
        // process group the kernel lets the others do nothing.
        waker_ = start_waker(pid_);
        signals.suffer(stopped.si_status == SIGSTOP ? SIGTSTP : stopped.si_status);
        if (waker_ > 0) {
            ::kill(waker_, SIGKILL);
            ::waitpid(waker_, nullptr, 0);
        }
    }
}

int GuardedProgram::end_alike(Signals& signals) const
{
    if (WIFEXITED(*status_))
        return WEXITSTATUS(*status_);
    const int signal = WTERMSIG(*status_);
    ::prctl(PR_SET_DUMPABLE, 0);
    signals.suffer(signal);
    return 128 + signal;  // process 1 of a PID namespace does not die of its own signals
}

}  // namespace kashim::guard
