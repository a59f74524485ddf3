// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/processes.h"

#include "host/proc.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <memory>
#include <string_view>
#include <unordered_set>

namespace kashim::host {
namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

std::optional<pid_t> number_in(std::string_view name)
{
    pid_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    return error == std::errc() && end == name.data() + name.size() ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<RunningProcess> process(pid_t pid)
{
    const auto stat = proc_stat(pid);
    if (!stat || stat->has_ended() || stat->kernel_thread)
        return std::nullopt;
    return RunningProcess{{pid, stat->start}, stat->parent};
}

bool is_hidden(pid_t pid)
{
    const std::string folder = proc_path(pid, "");
    return access(folder.c_str(), F_OK) != 0 && errno == ENOENT && (kill(pid, 0) == 0 || errno == EPERM);
}

std::vector<RunningProcess> all_processes()
{
    std::vector<RunningProcess> found;
    const Directory proc(opendir("/proc"));
    if (!proc)
        return found;
    while (const dirent* entry = readdir(proc.get())) {
        if (const auto pid = number_in(entry->d_name)) {
            if (const auto there = process(*pid))
                found.push_back(*there);
        }
    }
    std::ranges::sort(found, {}, [](const RunningProcess& p) { return p.id.pid; });
    return found;
}

std::vector<RunningProcess> with_descendants(std::span<const RunningProcess> processes, std::span<const pid_t> roots)
{
    std::unordered_set<pid_t> chosen(roots.begin(), roots.end());
    std::vector<RunningProcess> found(processes.begin(), processes.end());
    // Numbers begin anew at some time: a child may have a smaller one than its parent, and come before it.
    for (bool grew = true; grew;) {
        grew = false;
        for (const RunningProcess& one : found)
            grew = (chosen.contains(one.parent) && chosen.insert(one.id.pid).second) || grew;
    }
    std::erase_if(found, [&chosen](const RunningProcess& one) { return !chosen.contains(one.id.pid); });
    return found;
}

}  // namespace kashim::host
