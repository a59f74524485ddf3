// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/program.h"

#include <optional>
#include <string>

namespace kashim::host {

/// What platform::program_facts() tells of this process, of another one and in memory of its own.
struct ProgramFacts {
    std::string executable;
    std::string executed;
    std::string name;
    std::string script;
    std::string command;

    /// Borrows from this.
    policy::Program program() const { return {executable, executed, name, script, command}; }
};

/// What a running process was executed as. executable and executed are empty where it may not be looked at (another
/// user's, ptrace(2) "ptrace access mode checking"), and of a kernel thread; nothing where there is no such process.
/// The arguments are as they are now: a program that wrote over them (setproctitle) shows what it wrote. Reads only,
/// never waits.
std::optional<ProgramFacts> program_facts_of(int pid);

}  // namespace kashim::host
