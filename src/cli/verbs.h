// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// One file a verb. Each adds its subcommand; when it was chosen, its callback leaves the exit status.
#pragma once

#include "cli/effective.h"
#include "cli/program_arguments.h"

#include <CLI/CLI.hpp>

namespace kashim::cli {

/// Exit statuses, the same for every verb but run, which gives its program's.
inline constexpr int kGood = 0;
inline constexpr int kBad = 1;     ///< the verb's answer is no: errors found, a program that is not reached ...
inline constexpr int kFailed = 2;  ///< wrong usage, or what was asked for cannot be looked at

/// An empty name is refused: a script's variable that is not set must not mean the file that would be found.
CLI::Option* must_name_a_file(CLI::Option* option);

/// --config and --set.
void add_configuration_options(CLI::App& verb, ConfigurationRequest& request);
void add_set_option(CLI::App& verb, ConfigurationRequest& request);

inline constexpr std::string_view kRunVerb = "run";
inline constexpr std::string_view kDoctorVerb = "doctor";
inline constexpr std::string_view kGuardVerb = "guard";

/// The arguments are those of the whole command line; they are looked at when the verb was chosen.
void add_run(CLI::App& app, int& status, const ProgramArguments& arguments);
void add_check(CLI::App& app, int& status);
void add_explain(CLI::App& app, int& status);
void add_doctor(CLI::App& app, int& status, const ProgramArguments& arguments);
void add_show(CLI::App& app, int& status);
void add_apply(CLI::App& app, int& status);
/// The program behind "--"; null where there is none.
void add_guard(CLI::App& app, int& status, char** const& program);
void add_compile(CLI::App& app, int& status);

/// show, apply and guard; or, where sockets of running programs cannot be taken, verbs that say so.
void add_live_verbs(CLI::App& app, int& status, char** const& program);
void add_only_on_linux(CLI::App& app, int& status, char** const& program);

}  // namespace kashim::cli
