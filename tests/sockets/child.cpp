// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "sockets/child.h"

#include "support/process.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <system_error>

namespace kashim::test {
namespace {

void must(bool ok, const char* what)
{
    if (!ok)
        throw std::system_error(errno, std::generic_category(), what);
}

[[noreturn]] void run_child(const std::function<void(const Talk&)>& body, int in, int out)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    constexpr int kIn = 3, kOut = 4;
    ::dup2(in, 500);
    ::dup2(out, 501);
    ::dup2(500, kIn);
    ::dup2(501, kOut);
    ::close_range(kOut + 1, ~0u, 0);
    try {
        body(Talk(kIn, kOut));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "child: %s\n", error.what());
        ::_exit(1);
    }
    ::_exit(0);
}

}  // namespace

void Talk::say(std::string_view line) const
{
    const std::string text = std::string(line) + "\n";
    must(::write(out_, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "say");
}

std::string Talk::hear() const
{
    std::string line;
    for (char one = 0;;) {
        pollfd there{in_, POLLIN, 0};
        const int deadline = static_cast<int>(std::chrono::milliseconds(kDeadline).count());
        const bool comes = in_child_ || ::poll(&there, 1, deadline) == 1;
        if (!comes || ::read(in_, &one, 1) != 1) {
            if (in_child_)
                ::_exit(0);
            throw std::runtime_error("the child said nothing more after: " + line);
        }
        if (one == '\n')
            return line;
        line += one;
    }
}

Child::Child(const std::function<void(const Talk&)>& body) : Talk(-1, -1)
{
    std::array<int, 2> down{}, up{};
    must(::pipe2(down.data(), O_CLOEXEC) == 0 && ::pipe2(up.data(), O_CLOEXEC) == 0, "pipe");
    pid_ = ::fork();
    must(pid_ >= 0, "fork");
    if (pid_ == 0)
        run_child(body, down[0], up[1]);
    ::close(down[0]);
    ::close(up[1]);
    in_ = up[0];
    out_ = down[1];
    in_child_ = false;
}

Child::~Child()
{
    kill_and_wait();
    ::close(in_);
    ::close(out_);
}

void Child::kill_and_wait()
{
    if (pid_ < 0)
        return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

void become_nobody()
{
    must(::setgroups(0, nullptr) == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0 &&
             ::setresuid(kNobody, kNobody, kNobody) == 0,
         "become nobody");
    must(::prctl(PR_SET_DUMPABLE, 1) == 0, "PR_SET_DUMPABLE");
}

void give_up(std::initializer_list<int> capabilities)
{
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
    must(::syscall(SYS_capget, &header, data) == 0, "capget");
    for (const int capability : capabilities) {
        __user_cap_data_struct& half = data[capability / 32];
        const unsigned without = ~(1u << capability % 32);
        half.effective &= without;
        half.permitted &= without;
    }
    must(::syscall(SYS_capset, &header, data) == 0, "capset");
}

std::string asked_in_a_child(const std::function<std::string()>& make)
{
    const Child child([&make](const Talk& talk) { talk.say(make()); });
    return child.hear();
}

std::string asked_as_nobody(const std::function<std::string()>& make)
{
    return asked_in_a_child([&make] {
        become_nobody();
        return make();
    });
}

}  // namespace kashim::test
