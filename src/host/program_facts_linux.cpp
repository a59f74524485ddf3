// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/program_facts.h"

#include "host/auxv.h"
#include "host/proc.h"
#include "platform/command_line.h"
#include "platform/file.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace kashim::host {
namespace {

constexpr std::size_t kNameSize = 15;  // TASK_COMM_LEN without its zero byte

std::string executable_of(pid_t pid)
{
    return below_root_of(pid, std::string(platform::without_deleted(proc_link(pid, "exe"))));
}

// A text in the memory of a process of any word size; process_vm_readv cannot reach beyond our own.
std::string text_in(int pid, std::uint64_t address)
{
    const int fd = open(proc_path(pid, "mem").c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return {};
    std::array<char, PATH_MAX> memory;
    // Short where the stack ends: the text is the last thing on it.
    const ssize_t size = pread(fd, memory.data(), memory.size(), static_cast<off_t>(address));
    close(fd);
    const std::string_view text(memory.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    const auto end = text.find('\0');
    return end == std::string_view::npos ? std::string() : std::string(text.substr(0, end));
}

std::string executed_of(int pid)
{
    std::array<char, 4096> memory;
    const AuxiliaryVector vector{platform::read_start(proc_path(pid, "auxv").c_str(), memory)};
    const auto address = vector[AT_EXECFN];
    return address ? text_in(pid, *address) : std::string();
}

// As it was at exec, before the program renamed itself (prctl(2), PR_SET_NAME): the library saw no other. The kernel
// takes it from the executed path (begin_new_exec in fs/exec.c), but for fexecve, where that is /dev/fd/NUMBER.
std::string name_at_exec(std::string_view executed, std::string_view present)
{
    if (executed.empty() || executed.starts_with("/dev/fd/"))
        return std::string(present);
    return std::string(policy::file_name(executed).substr(0, kNameSize));
}

}  // namespace

std::optional<ProgramFacts> program_facts_of(int pid)
{
    const auto name = proc_name(pid);
    if (!name)
        return std::nullopt;

    ProgramFacts facts;
    facts.executable = executable_of(pid);
    facts.executed = executed_of(pid);
    facts.name = name_at_exec(facts.executed, std::string_view(*name).substr(0, kNameSize));
    std::array<char, policy::kLongestCommand> arguments;
    std::array<char, policy::kLongestCommand> command;
    const std::string_view raw = platform::read_start(proc_path(pid, "cmdline").c_str(), arguments);
    facts.command = platform::joined_arguments(raw, command);
    facts.script = platform::script_in(facts.executable, raw);
    return facts;
}

}  // namespace kashim::host
