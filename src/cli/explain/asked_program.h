// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "host/program_facts.h"
#include "reach/process.h"

#include <optional>
#include <string>
#include <vector>

namespace kashim::cli {

/// What --program, --command and --pid say.
struct ProgramRequest {
    std::string program;  ///< a path, or a name that is looked up in PATH
    std::string command;  ///< the whole command line
    int pid = 0;          ///< 0: not given
};

/// A program that is asked about: what rules would see of it, and what of that is only assumed.
struct AskedProgram {
    std::string name;  ///< what to call it; empty where none was named
    host::ProgramFacts facts{};
    std::vector<std::string> assumed{};       ///< sentences, lower case, without a full stop
    std::string unreached{};                  ///< why a preload does not reach it: see kashim doctor
    std::optional<reach::Process> process{};  ///< of --pid, where it may be looked into
    std::string error{};                      ///< why there is nothing to look at: no such process
};

/// What a program would be if it were started from here; or, of a process, what it was started as.
AskedProgram asked_program(const ProgramRequest& request);

}  // namespace kashim::cli
