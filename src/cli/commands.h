// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// One file a command: each says what it takes and what it does.
#pragma once

#include "cli/args.h"
#include "loaded/effective.h"

namespace kashim::cli {

/// --config and --set.
void add_configuration_options(Args& args, loaded::ConfigurationRequest& request);
void add_set_option(Args& args, loaded::ConfigurationRequest& request);

inline constexpr std::string_view kRunCommand = "run";
inline constexpr std::string_view kGuardCommand = "guard";

void add_run(CommandLine& all);
void add_check(CommandLine& all);
void add_explain(CommandLine& all);
void add_doctor(CommandLine& all);
void add_show(CommandLine& all);
void add_apply(CommandLine& all);
void add_guard(CommandLine& all);
void add_compile(CommandLine& all);

/// show, apply and guard; or, where sockets of running programs cannot be taken, commands that say so.
void add_socket_commands(CommandLine& all);
void add_only_on_linux(CommandLine& all);

}  // namespace kashim::cli
