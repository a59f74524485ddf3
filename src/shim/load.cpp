// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The constructor: everything that takes memory, files or the environment happens here, before the program's first
// line. Later a hook computes and asks the kernel, no more: it may run in a signal handler, in a forked child, or in a
// program that has forbidden itself to open anything.
#include "platform/errno_guard.h"
#include "platform/interpose.h"
#include "platform/process.h"
#include "policy/who_wins.h"
#include "shim/configuration.h"
#include "shim/environment.h"
#include "shim/messages.h"
#include "shim/runtime.h"
#include "shim/tune.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace kashim::shim {
namespace {

void put_in_force(const policy::Policy& rules)
{
    if (rules.base()) {
        runtime.base_values = policy::wanted(rules.base()->settings);
        runtime.base_options = policy::options_for_fresh_socket(runtime.base_values);
    }
    runtime.policy.store(&rules, std::memory_order_release);
}

std::optional<int> number(std::string_view digits)
{
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return value;
}

// systemd's way of handing over sockets (sd_listen_fds(3)), and inetd's: the connection is descriptor 0.
void take_over_sockets(const Environment& environment)
{
    constexpr int kFirst = 3;
    constexpr int kMost = 4096;
    const auto addressee = number(environment.text("LISTEN_PID"));
    if (addressee && addressee == platform::process_id()) {
        const int count = std::clamp(number(environment.text("LISTEN_FDS")).value_or(0), 0, kMost);
        for (int fd = kFirst; fd < kFirst + count; ++fd)
            inherited(fd);
    }
    inherited_stdin();
}

__attribute__((constructor)) void load(int argument_count, const char* const* arguments)
{
    const platform::ErrnoGuard keep_errno;
    platform::find_real_functions();
    const Environment environment(platform::arguments_of_constructor(argument_count, arguments));
    if (platform::is_on(environment["KASHIM_DISABLE"]))
        return;
    if (environment["KASHIM_LOG"] != nullptr || environment["KASHIM_LOG_FILE"] != nullptr)
        open_log(environment);

    const policy::Policy* const rules = read_configuration(environment);
    if (rules == nullptr || rules->leaves_everything())
        return;
    put_in_force(*rules);
    take_over_sockets(environment);
}

}  // namespace
}  // namespace kashim::shim
