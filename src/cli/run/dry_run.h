// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What `kashim run --dry-run` prints.
#pragma once

#include "cli/launch.h"
#include "host/program_facts.h"
#include "loaded/effective.h"

#include <optional>
#include <string>
#include <vector>

namespace kashim::cli {

/// What `kashim run` is going to do.
struct RunPlan {
    std::vector<std::string> arguments;                ///< PROGRAM and its own
    std::vector<Variable> variables{};                 ///< set for it
    host::ProgramFacts facts{};                        ///< what the rules would see of it
    std::string unreached{};                           ///< why no preload reaches it; empty where one does
    std::string doubt{};                               ///< why nobody can tell whether one does; else empty
    std::optional<loaded::Effective> configuration{};  ///< good; nothing where KASHIM_DISABLE is on
};

/// One sentence: the program is not preloaded but guarded, or on macOS not started, and why.
std::string unreached_text(const RunPlan& plan);

/// First what keeps rules from being in force, if anything does; then the command, for a shell; the program as the rules
/// see it; the configuration, and which of its rules are for the program.
void print_dry_run(const RunPlan& plan);

/// The same for machines:
///
///   {"arguments": ["psql"], "environment": {"LD_PRELOAD": "libkashim.so"}, "disabled": false, "unreached": null,
///    "doubt": null, "program": {"executable": ..., "executed": ..., "name": ..., "script": "", "command": ...},
///    "configuration": {"file": null, "options": "", "leaves_everything": false,
///                      "rules": [{"record": "rule" or "defaults", "name": null, "line": 4, "values": see values_json()},
///                                ...]}}
///
/// The rules that are for the program, [defaults] last. configuration is null where kashim is disabled.
void print_dry_run_json(const RunPlan& plan);

}  // namespace kashim::cli
