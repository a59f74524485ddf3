// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "cli/args.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::cli {

/// A process id as it is written: digits alone, none of them a leading zero. Nothing for everything else, also for what
/// no process can have.
std::optional<pid_t> pid_in(std::string_view text);

/// The positional arguments PID...
void add_pids(Args& args, std::vector<pid_t>& pids, const std::string& help);

/// Process ids of a command line, each once, in their order; and what is wrong with the others, a sentence each.
struct Pids {
    std::vector<pid_t> good;
    std::vector<std::string> problems;
};
Pids judged(const std::vector<pid_t>& pids);

/// Why nobody can do anything about the sockets of this process: it is not there, only a thread, the kernel's, a zombie,
/// or this command. Empty where it is a process like others.
std::string why_not_a_target(pid_t pid);

}  // namespace kashim::cli
