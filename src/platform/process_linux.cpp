// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/process.h"

#include "platform/command_line.h"
#include "platform/file.h"
#include "platform/install_prefix.h"

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace kashim::platform {
namespace {

std::string_view executable(std::span<char> memory)
{
    const ssize_t size = readlink("/proc/self/exe", memory.data(), memory.size());
    if (size <= 0)
        return {};
    return without_deleted({memory.data(), static_cast<std::size_t>(size)});
}

std::string_view text_at(unsigned long address)
{
    return address == 0 ? std::string_view{} : std::string_view(reinterpret_cast<const char*>(address));
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

policy::Program program_facts(ProgramMemory& memory)
{
    policy::Program program;
    program.executable = executable(memory.executable);
    program.executed = text_at(getauxval(AT_EXECFN));
    if (prctl(PR_GET_NAME, memory.name.data()) == 0)
        program.name = std::string_view(memory.name.data(), strnlen(memory.name.data(), memory.name.size()));
    const std::string_view raw = read_start("/proc/self/cmdline", memory.arguments);
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
    return std::getenv(name);
}

unsigned user_id()
{
    return getuid();
}

int process_id()
{
    return getpid();
}

std::string_view sysconfdir(std::span<char> memory)
{
    OwnPath own;
    dl_iterate_phdr(find_own_path, &own);
    std::array<char, 4096> main_program;
    std::string_view file = own.path != nullptr ? own.path : std::string_view{};
    if (file.empty())  // the main program has no name there
        file = executable(main_program);
    const std::string_view beside = sysconfdir_of(file, memory);
    return beside.empty() ? std::string_view(KASHIM_SYSCONFDIR) : beside;
}

}  // namespace kashim::platform
