// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/process.h"

#include "platform/command_line.h"
#include "platform/install_prefix.h"

#include <crt_externs.h>
#include <dlfcn.h>
#include <mach-o/dyld.h>
#include <sys/param.h>
#include <unistd.h>

#include <cstdlib>

namespace kashim::platform {
namespace {

// The path that was executed, symbolic links and all; of a script that of its interpreter (exec_save_path in
// bsd/kern/kern_exec.c of xnu). dyld keeps it.
std::string_view executed_path()
{
    // Index 0 is the main program, whatever was inserted.
    const char* const path = _dyld_get_image_name(0);
    return path != nullptr ? std::string_view(path) : std::string_view{};
}

Arguments arguments_of_process()
{
    return {*_NSGetArgv(), static_cast<std::size_t>(*_NSGetArgc())};
}

}  // namespace

policy::Program program_facts(ProgramMemory& memory, CommandLine command_line, Arguments arguments)
{
    policy::Program program;
    program.executed = executed_path();
    program.executable = executable_path(arguments, memory.executable);
    // A sandbox may not tell.
    if (program.executable.empty())
        program.executable = program.executed;
    // p_comm: the last part of the executed path, cut (MAXCOMLEN, sys/param.h).
    program.name = policy::file_name(program.executed).substr(0, MAXCOMLEN);
    if (command_line == CommandLine::no && !policy::may_run_script(program.executable))
        return program;
    const std::string_view raw = side_by_side(arguments.empty() ? arguments_of_process() : arguments, memory.arguments);
    program.command = joined_arguments(raw, memory.command);
    program.script = script_in(program.executable, raw);
    return program;
}

bool in_secure_execution()
{
    return ::issetugid() != 0;
}

const char* environment(const char* name)
{
    return std::getenv(name);
}

unsigned user_id()
{
    return ::getuid();
}

int process_id()
{
    return ::getpid();
}

std::string sysconfdir()
{
    Dl_info own{};
    std::string_view file;
    if (::dladdr(reinterpret_cast<const void*>(&sysconfdir), &own) != 0 && own.dli_fname != nullptr)
        file = own.dli_fname;
    std::string beside = sysconfdir_of(file);
    return beside.empty() ? std::string(KASHIM_SYSCONFDIR) : beside;
}

}  // namespace kashim::platform
