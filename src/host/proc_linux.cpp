// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/proc.h"

#include "platform/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>

namespace kashim::host {
namespace {

template <typename Number>
std::optional<Number> whole_number(std::string_view text)
{
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// The next word and the blanks around it are taken from the text.
std::string_view take_word(std::string_view& text)
{
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    const std::string_view word = text.substr(0, text.find_first_of(" \t\n"));
    text.remove_prefix(word.size());
    return word;
}

std::vector<unsigned> numbers_in(std::string_view text)
{
    std::vector<unsigned> numbers;
    for (std::string_view word = take_word(text); !word.empty(); word = take_word(text)) {
        if (const auto number = whole_number<unsigned>(word))
            numbers.push_back(*number);
    }
    return numbers;
}

std::array<unsigned, 3> three_of(const std::vector<unsigned>& numbers)
{
    std::array<unsigned, 3> three{};
    std::copy_n(numbers.begin(), std::min(numbers.size(), three.size()), three.begin());
    return three;
}

std::uint64_t hexadecimal(std::string_view text)
{
    std::uint64_t bits = 0;
    std::from_chars(text.data(), text.data() + text.size(), bits, 16);
    return bits;
}

}  // namespace

std::optional<ProcStat> parse_stat(std::string_view text)
{
    // PID (NAME) STATE PPID ...: the name may hold blanks and parentheses of its own.
    const auto name_end = text.rfind(") ");
    if (name_end == std::string_view::npos)
        return std::nullopt;
    text.remove_prefix(name_end + 2);
    constexpr std::size_t kFirst = 3;  // what stands behind the name is field 3
    constexpr std::size_t kState = 3, kParent = 4, kFlags = 9, kStart = 22;
    std::array<std::string_view, kStart + 1 - kFirst> fields;
    for (std::string_view& field : fields)
        field = take_word(text);
    const std::string_view state = fields[kState - kFirst];
    const auto parent = whole_number<pid_t>(fields[kParent - kFirst]);
    const auto flags = whole_number<unsigned>(fields[kFlags - kFirst]);
    const auto start = whole_number<std::uint64_t>(fields[kStart - kFirst]);
    if (state.size() != 1 || !parent || !flags || !start)
        return std::nullopt;
    constexpr unsigned kKernelThread = 0x00200000;
    return ProcStat{state[0], *parent, (*flags & kKernelThread) != 0, *start};
}

std::optional<ProcStatus> parse_status(std::string_view text)
{
    ProcStatus status;
    bool has_ids = false;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        const auto colon = line.find(":\t");
        if (colon == std::string_view::npos)
            continue;
        const std::string_view name = line.substr(0, colon);
        std::string_view rest = line.substr(colon + 2);
        if (name == "State" && !rest.empty())
            status.state = rest[0];
        else if (name == "Tgid")
            status.group = whole_number<pid_t>(rest).value_or(0);
        else if (name == "PPid")
            status.parent = whole_number<pid_t>(rest).value_or(0);
        else if (name == "Threads")
            status.threads = whole_number<unsigned>(rest).value_or(1);
        else if (name == "Uid")
            status.uids = three_of(numbers_in(rest)), has_ids = true;
        else if (name == "Gid")
            status.gids = three_of(numbers_in(rest));
        else if (name == "Groups")
            status.groups = numbers_in(rest);
        else if (name == "CapPrm")
            status.permitted = hexadecimal(rest);
        else if (name == "CapEff")
            status.effective = hexadecimal(rest);
        else if (name == "Seccomp")
            status.seccomp = whole_number<unsigned>(rest).value_or(0);
    }
    return has_ids ? std::optional(status) : std::nullopt;
}

std::string proc_path(pid_t pid, std::string_view name)
{
    return "/proc/" + (pid == kSelf ? std::string("self") : std::to_string(pid)) + "/" + std::string(name);
}

std::optional<ProcStat> proc_stat(pid_t pid)
{
    std::array<char, 1024> memory;
    return parse_stat(platform::read_start(proc_path(pid, "stat").c_str(), memory));
}

std::optional<ProcStatus> proc_status(pid_t pid)
{
    return parse_status(ProcFolder(pid).read("status", kMostStatus).text);
}

std::string proc_link(pid_t pid, std::string_view name)
{
    std::array<char, PATH_MAX> memory;
    const ssize_t size = readlink(proc_path(pid, name).c_str(), memory.data(), memory.size());
    return size > 0 ? std::string(memory.data(), static_cast<std::size_t>(size)) : std::string();
}

std::string below_root_of(pid_t pid, std::string path)
{
    const std::string root = proc_link(pid, "root");
    const bool is_below = path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
    if (root.size() > 1 && is_below) {
        path.erase(0, root.size());
        if (path.empty())
            path = "/";
    }
    return path;
}

std::optional<std::string> proc_name(pid_t pid)
{
    std::array<char, 65> memory;
    std::string_view name = platform::read_start(proc_path(pid, "comm").c_str(), memory);
    if (name.empty())
        return std::nullopt;
    if (name.ends_with('\n'))
        name.remove_suffix(1);
    return std::string(name);
}

ProcFolder::ProcFolder(pid_t pid) : folder_(open(proc_path(pid, "").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

platform::Descriptor ProcFolder::open_file(const char* name, int flags) const
{
    return platform::Descriptor(openat(folder_.get(), name, flags | O_CLOEXEC));
}

ProcText ProcFolder::read(const char* name, std::size_t most) const
{
    constexpr std::size_t kPiece = 65536;
    const platform::Descriptor file = open_file(name, O_RDONLY);
    if (!file)
        return {{}, errno};
    ProcText result;
    while (result.text.size() < most) {
        const std::size_t size = result.text.size();
        result.text.resize(size + kPiece);
        const ssize_t got = ::read(file.get(), result.text.data() + size, kPiece);
        const int error = got < 0 ? errno : 0;
        result.text.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (error == EINTR)
            continue;
        result.error = error;
        if (got <= 0)
            break;
    }
    return result;
}

}  // namespace kashim::host
