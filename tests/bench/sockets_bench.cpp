// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What the guard costs: processor time of a pass over ten thousand sockets, and the memory it takes to remember them.
//
//   sockets_bench [SOCKETS]    10,000 unless told otherwise
//
// A child holds them: connections to itself on loopback, both ends, and their listener.
#include "guard/watch.h"
#include "policy/table_builder.h"
#include "sockets/apply.h"
#include "support/process.h"

#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace kashim;

constexpr int kRounds = 33;

[[noreturn]] void fail(const char* what)
{
    std::perror(what);
    std::exit(1);
}

void allow_descriptors(rlim_t wanted)
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

[[noreturn]] void hold(int sockets, int ready)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    allow_descriptors(static_cast<rlim_t>(sockets) + 100);
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    auto* const where = reinterpret_cast<sockaddr*>(&address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener, where, size) != 0 || ::listen(listener, 16) != 0 || ::getsockname(listener, where, &size) != 0)
        fail("listen");
    for (int i = 0; i < sockets / 2; ++i) {
        if (::connect(::socket(AF_INET, SOCK_STREAM, 0), where, size) != 0 || ::accept(listener, nullptr, nullptr) < 0)
            fail("connect (is the limit for descriptors too low?)");
    }
    if (::write(ready, "x", 1) != 1)
        fail("write");
    for (;;)
        ::pause();
}

double milliseconds_of_processor()
{
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double megabytes(const char* line)
{
    std::istringstream status(test::read_file("/proc/self/status"));
    for (std::string text; std::getline(status, text);) {
        if (text.starts_with(line))
            return std::strtod(text.c_str() + text.find_first_of("0123456789"), nullptr) / 1024;
    }
    return 0;
}

void print(const char* what, std::vector<double> rounds)
{
    std::ranges::sort(rounds);
    std::printf("%-58s %8.2f ms %8.2f ms\n", what, rounds[rounds.size() / 2], rounds.back());
}

template <typename Work>
void measure(const char* what, int rounds, Work work)
{
    std::vector<double> spent;
    for (int i = 0; i < rounds; ++i) {
        const double before = milliseconds_of_processor();
        work();
        spent.push_back(milliseconds_of_processor() - before);
    }
    print(what, std::move(spent));
}

}  // namespace

int main(int argc, char** argv)
{
    const int sockets = argc > 1 ? std::atoi(argv[1]) : 10'000;
    int ready[2];
    if (::pipe(ready) != 0)
        fail("pipe");
    const pid_t child = ::fork();
    if (child == 0)
        hold(sockets, ready[1]);
    ::close(ready[1]);
    if (char byte = 0; ::read(ready[0], &byte, 1) != 1)
        return 1;

    policy::RuleSet respect, override, leave;
    override.defaults.app = policy::App::override;
    leave.defaults.keepalive = policy::Keepalive::leave;  // other people's processes are looked at, never set
    const auto respecting = policy::build_table(respect), overriding = policy::build_table(override),
               leaving = policy::build_table(leave);
    const sockets::Chosen chosen{.pids = {child}, .descendants = true};
    const double at_first = megabytes("VmRSS");
    std::printf("%d sockets of one process                                    median      worst\n", sockets);
    {
        guard::Watch watch(chosen, {&**respecting, {}});
        measure("first pass: everything is taken and set", 1, [&] { watch.pass(); });
        measure("a pass over sockets that are right (respect)", kRounds, [&] { watch.pass(); });
        std::printf("memory: %.1f MiB, of them %.1f MiB for this; at most %.1f MiB\n", megabytes("VmRSS"),
                    megabytes("VmRSS") - at_first, megabytes("VmHWM"));
    }
    {
        guard::Watch watch(chosen, {&**overriding, {}});
        measure("first pass: everything is taken and is right", 1, [&] { watch.pass(); });
        measure("a pass over sockets that are right (override)", kRounds, [&] { watch.pass(); });
    }
    {
        guard::Watch everybody({}, {&**leaving, {}});
        everybody.pass();
        measure("a pass over all processes (--all, everything left)", kRounds, [&] { everybody.pass(); });
    }
    sockets::Namespaces namespaces;
    measure("a snapshot with silence (show)", 5,
            [&] { sockets::take_snapshot(namespaces, chosen, sockets::Detail::with_silence); });
    measure("a snapshot and apply, everything right", 5, [&] {
        sockets::apply(sockets::take_snapshot(namespaces, chosen), {&**respecting, {}}, {});
    });
    std::printf("at most %.1f MiB; processes on this machine: %zu\n", megabytes("VmHWM"), host::all_processes().size());
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    return 0;
}
