// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/process.h"

#include "platform/auxv.h"
#include "policy/program.h"
#include "reach/proc_folder.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <set>

namespace kashim::reach {
namespace {

// Enough for any process that works; no file of /proc may fill our memory.
constexpr std::size_t kMostStatus = 65536;
constexpr std::size_t kMostEnvironment = std::size_t{4} << 20;
constexpr std::size_t kMostMaps = std::size_t{64} << 20;

// Whether it sees the very file system that we see: then no other root need be entered, which takes Linux 5.6.
bool has_our_root(int pid)
{
    const std::string folder = "/proc/" + std::to_string(pid);
    return link_target(folder + "/ns/mnt") == link_target("/proc/self/ns/mnt") &&
           link_target(folder + "/root") == link_target("/proc/self/root");
}

// Links lead through our own root; below chroot(2) the process sees the rest of the path.
std::string working_folder(int pid)
{
    const std::string folder = "/proc/" + std::to_string(pid);
    std::string path = link_target(folder + "/cwd");
    const std::string root = link_target(folder + "/root");
    if (root.size() > 1 && path.starts_with(root))
        path.erase(0, root.size());
    return path;
}

template <typename Use>
void each_part(std::string_view text, char separator, Use use)
{
    while (!text.empty()) {
        const auto end = text.find(separator);
        use(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
}

std::vector<unsigned> numbers(std::string_view text)
{
    std::vector<unsigned> result;
    while (!text.empty()) {
        unsigned number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc())
            result.push_back(number);
        const auto used = static_cast<std::size_t>(end - text.data());
        text.remove_prefix(std::max<std::size_t>(used, 1));
    }
    return result;
}

// What of proc_pid_status(5) is not kept.
struct Status {
    char state = 0;
    unsigned threads = 1;
};

Status read_status(std::string_view status, Process& process)
{
    Status result;
    each_part(status, '\n', [&](std::string_view line) {
        const auto colon = line.find(":\t");
        if (colon == std::string_view::npos)
            return;
        const std::string_view name = line.substr(0, colon);
        const std::string_view value = line.substr(colon + 2);
        const std::vector<unsigned> values = numbers(value);
        if (name == "State" && !value.empty())
            result.state = value[0];
        if (name == "Groups")
            process.user.groups = values;
        if (values.empty())
            return;
        if (name == "Uid")
            process.user.uid = values[0];
        if (name == "Gid")
            process.user.gid = values[0];
        if (name == "PPid")
            process.parent = static_cast<int>(values[0]);
        if (name == "Threads")
            result.threads = values[0];
        if (name == "Seccomp")
            process.seccomp_filter = values[0] == 2;
    });
    return result;
}

// The 22nd column, in clock ticks since the system was booted; the second may hold blanks and brackets (proc_pid_stat(5)).
std::optional<std::int64_t> started_by(std::string_view stat)
{
    constexpr int kColumnsBehindName = 20;
    const auto name_end = stat.rfind(')');
    if (name_end == std::string_view::npos)
        return std::nullopt;
    int column = 0;
    std::string_view ticks;
    each_part(stat.substr(name_end + 1), ' ', [&](std::string_view part) {
        if (column++ == kColumnsBehindName)
            ticks = part;
    });
    std::int64_t since_boot = 0;
    if (std::from_chars(ticks.data(), ticks.data() + ticks.size(), since_boot).ec != std::errc())
        return std::nullopt;
    timespec now{};
    timespec up{};
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &up);
    return now.tv_sec - up.tv_sec + since_boot / sysconf(_SC_CLK_TCK);
}

// The path is the last of six columns, and may hold blanks (proc_pid_maps(5)).
std::vector<std::string> files_in(std::string_view maps)
{
    std::set<std::string, std::less<>> files;
    each_part(maps, '\n', [&files](std::string_view line) {
        const auto slash = line.find('/');
        if (slash != std::string_view::npos && !files.contains(line.substr(slash)))
            files.emplace(line.substr(slash));
    });
    return {files.begin(), files.end()};
}

std::vector<std::string> strings_in(std::string_view text)
{
    std::vector<std::string> strings;
    each_part(text, '\0', [&strings](std::string_view part) { strings.emplace_back(part); });
    return strings;
}

Process::Sight sight_after(int error)
{
    return error == ESRCH || error == ENOENT ? Process::Sight::gone : Process::Sight::denied;
}

// Everything that only those may see who may trace the process. Returns what became of that; nothing where the process
// executed another program meanwhile, so that the parts are not of one.
std::optional<Process::Sight> read_inside(const ProcFolder& folder, Process& process)
{
    const ProcText auxv = folder.read("auxv", kMostStatus);
    const ProcText maps = folder.read("maps", kMostMaps);
    if (maps.error != 0)
        return sight_after(maps.error);
    if (maps.text.empty())  // it has no memory, or no longer
        return Process::Sight::gone;
    const ProcText environment = folder.read("environ", kMostEnvironment);
    platform::Descriptor program = folder.open_file("exe", O_PATH);
    const int program_error = program ? 0 : errno;
    platform::Descriptor root = folder.open_file("root", O_PATH | O_DIRECTORY);
    for (const int error : {auxv.error, environment.error, program_error, root ? 0 : errno}) {
        if (error != 0)
            return sight_after(error);
    }
    // Addresses are drawn anew at each exec: this is another program than the one whose maps were read.
    if (folder.read("auxv", kMostStatus).text != auxv.text)
        return std::nullopt;
    process.started = started_by(folder.read("stat", kMostStatus).text);
    process.mapped = files_in(maps.text);
    process.secure = platform::AuxiliaryVector{auxv.text}[AT_SECURE].value_or(0) != 0;
    process.environment = strings_in(environment.text);
    process.root = has_our_root(process.pid) ? Root() : Root(std::move(root));
    process.folder = working_folder(process.pid);
    File file(std::move(program));
    const auto image = read_elf(file.reader());
    process.program_known = image.has_value();
    process.image = image.value_or(ElfImage{});
    return Process::Sight::whole;
}

}  // namespace

Process look_at_process(int pid)
{
    Process process;
    process.pid = pid;
    const ProcFolder folder(pid);
    const ProcText status = folder ? folder.read("status", kMostStatus) : ProcText{{}, ENOENT};
    if (status.error != 0)
        return process;
    const Status read = read_status(status.text, process);
    if (read.state == 'Z' || read.state == 'X') {
        process.sight = read.threads > 1 ? Process::Sight::leaderless : Process::Sight::ended;
        return process;
    }
    constexpr int kTries = 10;
    std::optional<Process::Sight> sight;
    for (int i = 0; i < kTries && !sight; ++i)
        sight = read_inside(folder, process);
    process.sight = sight.value_or(Process::Sight::restless);
    // A kernel thread has no file and no memory; a process that is just ending neither.
    if (process.sight == Process::Sight::gone && !folder.read("status", 1).text.empty())
        process.sight = Process::Sight::kernel_thread;
    return process;
}

std::optional<std::string> variable_of(int pid, std::string_view name)
{
    Process process;
    process.environment = strings_in(ProcFolder(pid).read("environ", kMostEnvironment).text);
    const char* const value = process.variable(name);
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace kashim::reach
