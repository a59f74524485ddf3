// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Other processes, for the command. Never part of the library.
#include "platform/auxv.h"
#include "platform/command_line.h"
#include "platform/file.h"
#include "platform/process.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace kashim::platform {
namespace {

constexpr std::size_t kNameSize = 15;  // TASK_COMM_LEN without its zero byte

std::string file_of(int pid, std::string_view name)
{
    return "/proc/" + std::to_string(pid) + "/" + std::string(name);
}

std::string link_of(int pid, std::string_view name)
{
    std::array<char, PATH_MAX> memory;
    const ssize_t size = readlink(file_of(pid, name).c_str(), memory.data(), memory.size());
    return size > 0 ? std::string(memory.data(), static_cast<std::size_t>(size)) : std::string();
}

// We see the file below our own root, the process saw it below its own (chroot(2)).
std::string executable_of(int pid)
{
    const std::string link = link_of(pid, "exe");
    std::string_view path = without_deleted(link);
    const std::string root = link_of(pid, "root");
    if (root.size() > 1 && path.starts_with(root) && path.substr(root.size()).starts_with('/'))
        path.remove_prefix(root.size());
    return std::string(path);
}

// A text in the memory of a process of any word size; process_vm_readv cannot reach beyond our own.
std::string text_in(int pid, std::uint64_t address)
{
    const int fd = open(file_of(pid, "mem").c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
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
    const AuxiliaryVector vector{read_start(file_of(pid, "auxv").c_str(), memory)};
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
    std::array<char, kNameSize + 2> name_memory;
    std::string_view name = read_start(file_of(pid, "comm").c_str(), name_memory);
    if (name.empty())
        return std::nullopt;
    if (name.ends_with('\n'))
        name.remove_suffix(1);

    ProgramFacts facts;
    facts.executable = executable_of(pid);
    facts.executed = executed_of(pid);
    facts.name = name_at_exec(facts.executed, name);
    std::array<char, policy::kLongestCommand> arguments;
    std::array<char, policy::kLongestCommand> command;
    const std::string_view raw = read_start(file_of(pid, "cmdline").c_str(), arguments);
    facts.command = joined_arguments(raw, command);
    facts.script = script_in(facts.executable, raw);
    return facts;
}

}  // namespace kashim::platform
