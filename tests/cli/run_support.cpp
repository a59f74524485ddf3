// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/run_support.h"

#include <filesystem>
#include <sstream>

namespace kashim::test {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(pid_t pid)
{
    return fs::path("/proc") / std::to_string(pid);
}

/// The lines whose name is one of these, of a file such as /proc/PID/status.
std::string lines(const fs::path& file, const std::vector<std::string>& names)
{
    std::istringstream text(read_file(file));
    std::string found;
    for (std::string line; std::getline(text, line);) {
        for (const std::string& name : names) {
            if (line.starts_with(name + ":"))
                found += line + "\n";
        }
    }
    return found;
}

/// The fields of /proc/PID/stat by their numbers in proc(5).
std::string fields(pid_t pid, const std::vector<std::size_t>& numbers)
{
    const std::string text = read_file(folder_of(pid) / "stat");
    std::istringstream rest(text.substr(text.rfind(')') + 2));
    std::vector<std::string> all{"", "", ""};
    for (std::string field; rest >> field;)
        all.push_back(field == std::to_string(pid) ? "its own" : field);
    std::string found;
    for (const std::size_t number : numbers)
        found += all.at(number) + " ";
    return found;
}

std::vector<std::string> split(const std::string& text, char separator)
{
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);)
        parts.push_back(part);
    return parts;
}

}  // namespace

Command Run::command(std::vector<std::string> arguments, std::vector<std::string> environment) const
{
    arguments.insert(arguments.begin(), {KASHIM_COMMAND, "run"});
    environment.insert(environment.begin(), "KASHIM_CONFIG=" + empty_file_);
    Command command{std::move(arguments), std::move(environment)};
    command.directory = folder_.path();
    return command;
}

Result Run::kashim_run(std::vector<std::string> arguments, std::vector<std::string> environment) const
{
    return run(command(std::move(arguments), std::move(environment)));
}

Facts facts_of(pid_t pid)
{
    const fs::path folder = folder_of(pid);
    Facts facts;
    for (const char* name : {"cmdline", "comm", "limits", "oom_score_adj", "personality", "cgroup", "coredump_filter"})
        facts[name] = read_file(folder / name);
    for (const char* name : {"cwd", "root", "exe", "ns/net", "ns/mnt"})
        facts[name] = fs::read_symlink(folder / name);
    facts["status"] =
        lines(folder / "status", {"Umask",  "PPid",   "TracerPid", "Uid",        "Gid",     "Groups",      "Threads",
                                  "SigPnd", "ShdPnd", "SigBlk",    "SigIgn",     "SigCgt",  "CapInh",      "CapPrm",
                                  "CapEff", "CapBnd", "CapAmb",    "NoNewPrivs", "Seccomp", "Cpus_allowed"});
    // Parent, group, session, terminal, its foreground group; priority, nice; exit signal; real-time priority, policy.
    facts["stat"] = fields(pid, {4, 5, 6, 7, 8, 18, 19, 38, 40, 41});
    for (const fs::directory_entry& entry : fs::directory_iterator(folder / "fd")) {
        const std::string number = entry.path().filename();
        facts["fd " + number] =
            fs::read_symlink(entry.path()).string() + " " + lines(folder / "fdinfo" / number, {"pos", "flags", "ino"});
    }
    return facts;
}

bool has_become(const Process& process, std::string_view name)
{
    return eventually([&] {
        const std::string status = lines(folder_of(process.pid()) / "status", {"Name", "State"});
        return status.find("Name:\t" + std::string(name) + "\n") != std::string::npos &&
               status.find("State:\tS") != std::string::npos;
    });
}

std::vector<std::string> variables_of(pid_t pid)
{
    return split(read_file(folder_of(pid) / "environ"), '\0');
}

Result install(const std::string& prefix)
{
    return run({.arguments = {KASHIM_CMAKE, "--install", KASHIM_BINARY_DIR, "--prefix", prefix}});
}

}  // namespace kashim::test
