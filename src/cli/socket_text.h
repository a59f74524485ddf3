// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The words for the sockets of running programs: show, apply and guard use the same, and the library's log does too.
#pragma once

#include "cli/effective.h"
#include "cli/json.h"
#include "live/judgement.h"
#include "live/refusal.h"
#include "policy/program_policy.h"

#include <string>
#include <string_view>

namespace kashim::cli {

/// 192.0.2.1:80, [2001:db8::1]:80, 0.0.0.0:80
std::string to_text(const policy::Endpoint& endpoint);

/// {"address": "192.0.2.1", "port": 80}
Json endpoint_json(const policy::Endpoint& endpoint);

/// nginx[812]; a name that holds what a terminal obeys is made harmless.
std::string process_text(std::string_view name, pid_t pid);

/// fd 3 to 192.0.2.1:5432
/// fd 7 from 192.0.2.1:40112 on port 80
/// fd 6 on port 80
std::string connection_text(int fd, const live::Subject& subject);

/// rule "database" at line 1
/// [defaults] at line 4 with --set
/// built-in defaults with KASHIM_OPTIONS and --set
std::string rule_text(const Effective& effective, policy::Table::RuleNumber rule);

/// {"name": "database", "line": 1}; of [defaults] {"name": "[defaults]", "line": 4}, of the built-in ones
/// {"name": "built-in defaults"}; a rule without a name has only its line.
Json rule_json(const Effective& effective, policy::Table::RuleNumber rule);

/// on, 60s, 5, off, 45000ms
std::string value_text(const policy::Values& values, policy::Option option);

/// idle=60s count=5
std::string values_text(const policy::Values& values, policy::OptionSet which);

/// idle 7200s -> 60s, count 9 -> 5; "user_timeout ? -> 45000ms" where the kernel does not tell what it is.
std::string changes_text(const policy::Values& from, const policy::Values& to, policy::OptionSet known,
                         policy::OptionSet which);

/// idle, count
std::string names_text(policy::OptionSet which);
Json names_json(policy::OptionSet which);

/// {"keepalive": true, "idle": 60, "interval": 30, "count": 5, "user_timeout_ms": 0}: seconds, but for the last; only the
/// chosen ones.
Json values_json(const policy::Values& values, policy::OptionSet which);

/// ENOPROTOOPT
std::string errno_text(int error);

/// The sentence, and behind a semicolon the remedy.
std::string refusal_text(const live::Refusal& refusal);
Json refusal_json(const live::Refusal& refusal);

/// "1 socket", "2 sockets"; "process" -> "processes".
std::string counted(std::size_t count, std::string_view noun);

}  // namespace kashim::cli
