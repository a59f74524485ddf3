// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "live/processes.h"

#include "platform/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <memory>
#include <string_view>
#include <unordered_set>

namespace kashim::live {
namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

template <typename Number>
std::optional<Number> number_in(std::string_view text)
{
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// Runs through words that single blanks part.
class Words {
public:
    explicit Words(std::string_view text) : rest_(text) {}

    std::string_view next()
    {
        const auto end = rest_.find(' ');
        const std::string_view word = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        return word;
    }
    std::string_view skip(int words)
    {
        for (; words > 0; --words)
            next();
        return next();
    }

private:
    std::string_view rest_;
};

}  // namespace

std::optional<Process> process(pid_t pid)
{
    std::array<char, 1024> memory;
    const std::string path = "/proc/" + std::to_string(pid) + "/stat";
    const std::string_view text = platform::read_start(path.c_str(), memory);
    // PID (NAME) STATE PPID ...: the name may hold blanks and parentheses of its own (proc_pid_stat(5)).
    const auto name_end = text.rfind(") ");
    if (name_end == std::string_view::npos)
        return std::nullopt;
    Words words(text.substr(name_end + 2));
    const std::string_view state = words.next();                  // field 3
    const auto parent = number_in<pid_t>(words.next());           // 4
    const auto flags = number_in<unsigned>(words.skip(4));        // 9
    const auto start = number_in<std::uint64_t>(words.skip(12));  // 22
    constexpr unsigned kKernelThread = 0x00200000;                // PF_KTHREAD in include/linux/sched.h
    if (state == "Z" || state == "X" || !parent || !start || !flags || (*flags & kKernelThread) != 0)
        return std::nullopt;
    return Process{{pid, *start}, *parent};
}

bool is_hidden(pid_t pid)
{
    const std::string folder = "/proc/" + std::to_string(pid);
    return access(folder.c_str(), F_OK) != 0 && errno == ENOENT && (kill(pid, 0) == 0 || errno == EPERM);
}

std::vector<Process> all_processes()
{
    std::vector<Process> found;
    const Directory proc(opendir("/proc"));
    if (!proc)
        return found;
    while (const dirent* entry = readdir(proc.get())) {
        if (const auto pid = number_in<pid_t>(entry->d_name)) {
            if (const auto there = process(*pid))
                found.push_back(*there);
        }
    }
    std::ranges::sort(found, {}, [](const Process& p) { return p.id.pid; });
    return found;
}

std::vector<Process> with_descendants(std::span<const Process> processes, std::span<const pid_t> roots)
{
    std::unordered_set<pid_t> chosen(roots.begin(), roots.end());
    std::vector<Process> found(processes.begin(), processes.end());
    // Numbers begin anew at some time: a child may have a smaller one than its parent, and come before it.
    for (bool grew = true; grew;) {
        grew = false;
        for (const Process& one : found)
            grew = (chosen.contains(one.parent) && chosen.insert(one.id.pid).second) || grew;
    }
    std::erase_if(found, [&chosen](const Process& one) { return !chosen.contains(one.id.pid); });
    return found;
}

std::string name_of(pid_t pid)
{
    std::array<char, 32> memory;
    std::string_view name = platform::read_start(("/proc/" + std::to_string(pid) + "/comm").c_str(), memory);
    if (name.ends_with('\n'))
        name.remove_suffix(1);
    return std::string(name);
}

std::optional<uid_t> user_of(pid_t pid)
{
    std::array<char, 4096> memory;
    const std::string path = "/proc/" + std::to_string(pid) + "/status";
    const std::string_view text = platform::read_start(path.c_str(), memory);
    constexpr std::string_view kLine = "\nUid:\t";  // real, effective, saved, file system (proc_pid_status(5))
    const auto line = text.find(kLine);
    if (line == std::string_view::npos)
        return std::nullopt;
    std::string_view rest = text.substr(line + kLine.size());
    rest.remove_prefix(std::min(rest.find('\t') + 1, rest.size()));
    return number_in<uid_t>(rest.substr(0, rest.find('\t')));
}

SocketDescriptors socket_descriptors(pid_t pid, const std::function<bool(int)>& wanted)
{
    SocketDescriptors found;
    const std::string path = "/proc/" + std::to_string(pid) + "/fd";
    const Directory folder(opendir(path.c_str()));
    if (!folder) {
        found.refusal = why_not_taken(pid, errno);
        return found;
    }
    std::array<char, 64> memory;
    while (const dirent* entry = readdir(folder.get())) {
        const auto fd = number_in<int>(entry->d_name);
        if (!fd || (wanted && !wanted(*fd)))
            continue;
        constexpr std::string_view kSocket = "socket:[";
        const ssize_t size = readlinkat(dirfd(folder.get()), entry->d_name, memory.data(), memory.size());
        if (size < 0 && errno == EACCES) {  // the folder is open to all with CAP_DAC_READ_SEARCH, what is in it is not
            found.refusal = why_not_taken(pid, EACCES);
            return found;
        }
        const std::string_view target(memory.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        if (!target.starts_with(kSocket) || !target.ends_with(']'))
            continue;
        const auto inode = number_in<std::uint32_t>(target.substr(kSocket.size(), target.size() - kSocket.size() - 1));
        if (inode)
            found.sockets.push_back({*fd, *inode});
    }
    std::ranges::sort(found.sockets, {}, &SocketDescriptor::fd);
    return found;
}

}  // namespace kashim::live
