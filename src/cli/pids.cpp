// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/pids.h"

#include "host/proc.h"
#include "host/processes.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace kashim::cli {
namespace {

// The first PID namespace has this inode for good (PROC_PID_INIT_INO in include/linux/proc_ns.h).
bool sees_every_process()
{
    constexpr ino_t kFirst = 0xeffffffc;
    struct stat status {};
    return ::stat(host::proc_path(host::kSelf, "ns/pid").c_str(), &status) != 0 || status.st_ino == kFirst;
}

}  // namespace

std::optional<pid_t> pid_in(std::string_view text)
{
    pid_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    // "010" would be eight to one reader and ten to another.
    if (error != std::errc() || end != text.data() + text.size() || number <= 0 || text.front() == '0')
        return std::nullopt;
    return number;
}

void add_pids(Args& args, std::vector<pid_t>& pids, const std::string& help)
{
    const auto is_a_pid = [](const std::string& text) {
        const bool is_number = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
        if (!is_number)
            return fmt::format("a process id is a number, not \"{0}\"; $(pidof {0}) stands for those of a program",
                               text);
        return pid_in(text) ? std::string() : fmt::format("there is no process {}", text);
    };
    args.positionals("PID", pids, help).check(is_a_pid);
}

std::string why_not_a_target(pid_t pid)
{
    if (pid == ::getpid())
        return fmt::format("process {} is this command itself", pid);
    const auto status = host::proc_status(pid);
    if (!status)
        return fmt::format("there is no process {}{}", pid,
                           sees_every_process() ? ""
                                                : "; this command runs in a container and sees the processes of that "
                                                  "container alone, under their numbers there");
    if (status->group != pid)
        return fmt::format("{0} is a thread of process {1}; name {1}", pid, status->group);
    if (host::process(pid))
        return {};
    if (status->has_ended() && status->threads > 1)
        return fmt::format(
            "the main thread of process {} has ended (pthread_exit), others of it go on: its sockets are "
            "theirs now, and this command looks at the main thread's descriptors alone",
            pid);
    if (status->has_ended())
        return fmt::format("process {} has ended: it is a zombie that its parent, process {}, has not waited for; its "
                           "sockets are closed",
                           pid, status->parent);
    return fmt::format("process {} is a thread of the kernel: its sockets are under no descriptor", pid);
}

Pids judged(const std::vector<pid_t>& pids)
{
    Pids judged;
    std::vector<pid_t> seen;
    for (const pid_t pid : pids) {
        if (std::ranges::find(seen, pid) != seen.end())
            continue;
        seen.push_back(pid);
        if (std::string problem = why_not_a_target(pid); !problem.empty())
            judged.problems.push_back(std::move(problem));
        else
            judged.good.push_back(pid);
    }
    return judged;
}

}  // namespace kashim::cli
