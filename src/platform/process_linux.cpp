// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/process.h"

#include "platform/command_line.h"
#include "platform/file.h"
#include "platform/install_prefix.h"
#include "platform/system_calls_linux.h"

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

// musl has it too, and does not declare it.
extern "C" char** __environ;

namespace kashim::platform {
namespace {

std::string_view text_at(unsigned long address)
{
    return address == 0 ? std::string_view{} : std::string_view(reinterpret_cast<const char*>(address));
}

// What stands behind "NAME="; null where the entry is of another variable.
const char* value_in(const char* entry, const char* name)
{
    while (*name != '\0' && *entry == *name) {
        ++entry;
        ++name;
    }
    return *name == '\0' && *entry == '=' ? entry + 1 : nullptr;
}

struct OwnPath {
    const char* path = nullptr;
};

// The loaded object that this very function lies in. dladdr() would do, but it moved between libraries as dlsym did.
int find_own_path(dl_phdr_info* info, std::size_t, void* result)
{
    const auto here = reinterpret_cast<ElfW(Addr)>(&find_own_path);
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr)& segment = info->dlpi_phdr[i];
        const ElfW(Addr) start = info->dlpi_addr + segment.p_vaddr;
        if (segment.p_type == PT_LOAD && start <= here && here < start + segment.p_memsz) {
            static_cast<OwnPath*>(result)->path = info->dlpi_name;
            return 1;
        }
    }
    return 0;
}

}  // namespace

policy::Program program_facts(ProgramMemory& memory, CommandLine command_line, Arguments arguments)
{
    policy::Program program;
    program.executable = executable_path(arguments, memory.executable);
    program.executed = text_at(getauxval(AT_EXECFN));
    if (syscall(SYS_prctl, PR_GET_NAME, memory.name.data()) == 0)
        program.name = std::string_view(memory.name.data(), std::strlen(memory.name.data()));
    if (command_line == CommandLine::no && !policy::may_run_script(program.executable))
        return program;
    const std::string_view raw = arguments.empty() ? read_start("/proc/self/cmdline", memory.arguments)
                                                   : side_by_side(arguments, memory.arguments);
    program.command = joined_arguments(raw, memory.command);
    program.script = script_in(program.executable, raw);
    return program;
}

bool in_secure_execution()
{
    return getauxval(AT_SECURE) != 0;
}

const char* environment(const char* name)
{
    // Not getenv: that may be the program's own (bash has one), which is nothing to call before its first line.
    for (const char* const* entry = __environ; entry != nullptr && *entry != nullptr; ++entry) {
        if (const char* const value = value_in(*entry, name))
            return value;
    }
    return nullptr;
}

unsigned user_id()
{
    return static_cast<unsigned>(getauxval(AT_UID));
}

int process_id()
{
    return static_cast<int>(syscall(SYS_getpid));
}

std::string sysconfdir()
{
    OwnPath own;
    dl_iterate_phdr(find_own_path, &own);
    std::array<char, 4096> main_program;
    std::string_view file = own.path != nullptr ? own.path : std::string_view{};
    // The main program has no name there, or this one, where it is static and of musl (ldso's dl_iterate_phdr.c). Who is
    // not found at all is none: a program may have a dl_iterate_phdr of its own.
    if (own.path != nullptr && (file.empty() || file == "/proc/self/exe"))
        file = executable_by_proc(main_program);
    std::string beside = sysconfdir_of(file);
    return beside.empty() ? std::string(KASHIM_SYSCONFDIR) : beside;
}

}  // namespace kashim::platform
