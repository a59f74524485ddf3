// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "cli/launch.h"
#include "host/program_facts.h"
#include "loaded/effective.h"
#include "reach/program_chain.h"
#include "reach/verdict.h"

#include <optional>
#include <string>
#include <vector>

namespace kashim::cli {

/// Everything doctor finds about one program or process.
struct Checkup {
    int pid = 0;               ///< 0 of a program
    std::string name;          ///< as it was asked for, or of a process what runs in it
    host::ProgramFacts facts;  ///< what rules see of it
    std::string library;       ///< what LD_PRELOAD should hold; empty where there is no library
    std::optional<loaded::Effective>
        configuration;  ///< what would be in force in it; nothing where that cannot be known
    reach::Verdict verdict;
};

/// Of a program that were started from here with this library; that there is none is an obstacle too.
reach::Verdict verdict_of(const reach::ProgramChain& chain, const reach::Starter& starter, const Library& library);

/// PROGRAM with its arguments, as if it were started from here.
Checkup check_up_program(const std::vector<std::string>& arguments, const loaded::ConfigurationRequest& request);

Checkup check_up_process(int pid, const loaded::ConfigurationRequest& request);

}  // namespace kashim::cli
