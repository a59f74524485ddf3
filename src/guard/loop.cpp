// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "guard/loop.h"

#include "text/socket.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <exception>

namespace kashim::guard {
namespace {

using platform::Level;
using std::chrono::milliseconds;

// How long a file must have stayed as it is before it is read: an editor that writes over it leaves it empty for a
// moment, and an empty file is a good one.
constexpr milliseconds kSettles{300};

sockets::Chosen own_family()
{
    // Ourselves, so that the program's orphans, which become our children, are in it too.
    return {{::getpid()}, true};
}

}  // namespace

GuardLoop::GuardLoop(const sockets::Chosen& chosen, sockets::Present present, GuardedProgram* program,
                     GuardRules& rules, GuardLog& log, Signals& signals)
    : program_(program), rules_(rules), log_(log), signals_(signals),
      events_(log, program != nullptr ? std::optional(program->pid()) : std::nullopt),
      watch_(chosen, rules.in_force().rules(), present), named_targets_(program == nullptr && !chosen.everybody())
{
    if (program != nullptr)
        return;
    manager_.emplace();
    if (manager_->watchdog())
        next_alive_ = Clock::now() + *manager_->watchdog();
    for (const pid_t pid : chosen.pids)
        targets_.emplace_back(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    std::erase_if(targets_, [](const platform::Descriptor& target) { return !target; });
}

GuardLoop::GuardLoop(const sockets::Chosen& chosen, sockets::Present present, GuardRules& rules, GuardLog& log,
                     Signals& signals)
    : GuardLoop(chosen, present, nullptr, rules, log, signals)
{
}

GuardLoop::GuardLoop(GuardedProgram& program, GuardRules& rules, GuardLog& log, Signals& signals)
    : GuardLoop(own_family(), sockets::Present::as_found, &program, rules, log, signals)
{
}

void GuardLoop::run()
{
    pass();
    if (manager_)
        manager_->ready(status_);
    if (program_ != nullptr)
        log_.borrow_from(program_->pid());
    while (!end_) {
        wait();
        while (const auto signal = signals_.next())
            hear(*signal);
        look_at_targets();
        if (end_)
            break;
        if (Clock::now() >= next_look_)
            look_at_files();
        if (pass_at_once_ || Clock::now() >= next_pass_) {
            pass();
            if (manager_)
                manager_->status(status_);
        }
        if (Clock::now() >= next_alive_) {
            manager_->alive();
            next_alive_ = Clock::now() + *manager_->watchdog();
        }
    }
    if (manager_)
        manager_->stopping();
}

void GuardLoop::pass()
{
    pass_at_once_ = false;
    look_at_files();
    try {
        watch();
    } catch (const std::exception& error) {
        // The program goes on, so who waits for it must be able to: its end is ours to tell.
        if (program_ == nullptr)
            throw;
        log_.say(Level::error, fmt::format("a look at the sockets failed, the next one is due: {}", error.what()));
        next_pass_ = Clock::now() + Watch::kLongestInterval;
    }
}

void GuardLoop::watch()
{
    const Pass done = watch_.pass();
    events_.report(done, rules_.in_force());
    status_ = guard_status(done);
    next_pass_ = Clock::now() + done.next;
    if (named_targets_ && targets_.empty() && done.processes == 0)
        end_ = true;
}

void GuardLoop::look_at_files()
{
    next_look_ = Clock::time_point::max();
    switch (rules_.look()) {
    case GuardRules::Change::none:
        return;
    case GuardRules::Change::unsettled:
        next_look_ = Clock::now() + kSettles;
        return;
    case GuardRules::Change::settled:
        read_again();
        return;
    }
}

void GuardLoop::read_again()
{
    if (manager_)
        manager_->reloading();
    const GuardRules::Reload reload = rules_.read_again();
    for (const std::string& message : reload.messages)
        log_.say(reload.good ? Level::info : Level::error, message);
    if (reload.good) {
        watch_.change_rules(rules_.in_force().rules());
        pass_at_once_ = true;
    }
    if (manager_)
        manager_->ready(status_);
}

void GuardLoop::wait()
{
    const Clock::time_point until = std::min({next_pass_, next_alive_, next_look_});
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
    std::vector<pollfd> wanted{{signals_.fd(), POLLIN, 0}};
    for (const platform::Descriptor& target : targets_)
        wanted.push_back({target.get(), POLLIN, 0});
    ::poll(wanted.data(), wanted.size(), static_cast<int>(std::clamp<long long>(left, 0, 60'000)));
}

void GuardLoop::hear(const signalfd_siginfo& signal)
{
    const auto number = static_cast<int>(signal.ssi_signo);
    if (program_ != nullptr && number == SIGCHLD) {
        program_->look(signals_);
        end_ = program_->ended();
    } else if (program_ != nullptr) {
        program_->forward(signal);
    } else if (number == SIGHUP && signal.ssi_code != SI_KERNEL) {
        read_again();
    } else {
        end_ = true;  // SIGTERM, SIGINT, or the terminal has gone
    }
}

void GuardLoop::look_at_targets()
{
    const std::size_t before = targets_.size();
    std::erase_if(targets_, [](const platform::Descriptor& target) {
        pollfd ended{target.get(), POLLIN, 0};
        return ::poll(&ended, 1, 0) == 1;
    });
    if (targets_.size() != before && targets_.empty())
        pass_at_once_ = true;  // which tells whether a descendant is left
}

}  // namespace kashim::guard
