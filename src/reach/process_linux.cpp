// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/process.h"

#include "host/auxv.h"
#include "host/proc.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <set>

namespace kashim::reach {
namespace {

// Enough for any process that works; no file of /proc may fill our memory.
constexpr std::size_t kMostVector = 65536;
constexpr std::size_t kMostEnvironment = std::size_t{4} << 20;
constexpr std::size_t kMostMaps = std::size_t{64} << 20;

// Whether it sees the very file system that we see: then no other root need be entered, which takes Linux 5.6.
bool has_our_root(pid_t pid)
{
    return host::proc_link(pid, "ns/mnt") == host::proc_link(host::kSelf, "ns/mnt") &&
           host::proc_link(pid, "root") == host::proc_link(host::kSelf, "root");
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

// In seconds since 1970.
std::optional<std::int64_t> started_by(const std::optional<host::ProcStat>& stat)
{
    if (!stat)
        return std::nullopt;
    timespec now{};
    timespec up{};
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &up);
    return now.tv_sec - up.tv_sec + static_cast<std::int64_t>(stat->start) / sysconf(_SC_CLK_TCK);
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
std::optional<Process::Sight> read_inside(const host::ProcFolder& folder, Process& process)
{
    const host::ProcText auxv = folder.read("auxv", kMostVector);
    const host::ProcText maps = folder.read("maps", kMostMaps);
    if (maps.error != 0)
        return sight_after(maps.error);
    if (maps.text.empty())  // it has no memory, or no longer
        return Process::Sight::gone;
    const host::ProcText environment = folder.read("environ", kMostEnvironment);
    platform::Descriptor program = folder.open_file("exe", O_PATH);
    const int program_error = program ? 0 : errno;
    platform::Descriptor root = folder.open_file("root", O_PATH | O_DIRECTORY);
    for (const int error : {auxv.error, environment.error, program_error, root ? 0 : errno}) {
        if (error != 0)
            return sight_after(error);
    }
    // Addresses are drawn anew at each exec: this is another program than the one whose maps were read.
    if (folder.read("auxv", kMostVector).text != auxv.text)
        return std::nullopt;
    process.started = started_by(host::parse_stat(folder.read("stat", kMostVector).text));
    process.mapped = files_in(maps.text);
    process.secure = host::AuxiliaryVector{auxv.text}[AT_SECURE].value_or(0) != 0;
    process.environment = strings_in(environment.text);
    process.root = has_our_root(process.pid) ? host::Root() : host::Root(std::move(root));
    process.folder = host::below_root_of(process.pid, host::proc_link(process.pid, "cwd"));
    host::FileEntry file(std::move(program));
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
    const host::ProcFolder folder(pid);
    const auto status = folder ? host::parse_status(folder.read("status", host::kMostStatus).text) : std::nullopt;
    if (!status)
        return process;
    process.user = {status->uids[0], status->gids[0], status->groups};
    process.parent = status->parent;
    constexpr unsigned kFilter = 2;
    process.seccomp_filter = status->seccomp == kFilter;
    if (status->has_ended()) {
        process.sight = status->threads > 1 ? Process::Sight::leaderless : Process::Sight::ended;
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
    process.environment = strings_in(host::ProcFolder(pid).read("environ", kMostEnvironment).text);
    const char* const value = process.variable(name);
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace kashim::reach
