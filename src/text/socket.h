// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The words for the sockets of running programs: show, apply and guard use the same, and the library's log does too.
#pragma once

#include "loaded/effective.h"
#include "policy/program_policy.h"
#include "sockets/judgement.h"
#include "sockets/refusal.h"

#include <string>
#include <string_view>

namespace kashim::text {

/// 192.0.2.1:80, [2001:db8::1]:80, 0.0.0.0:80
std::string to_text(const policy::Endpoint& endpoint);

/// nginx[812]; a name that holds what a terminal obeys is made harmless.
std::string process_text(std::string_view name, pid_t pid);

/// fd 3 to 192.0.2.1:5432
/// fd 7 from 192.0.2.1:40112 on port 80
/// fd 6 on port 80
std::string connection_text(int fd, const sockets::Subject& subject);

/// rule "database" at line 1
/// [defaults] at line 4 with --set
/// built-in defaults with KASHIM_OPTIONS and --set
std::string rule_text(const loaded::Effective& effective, policy::Table::RuleNumber rule);

/// on, 60s, 5, off, 45000ms
std::string value_text(const policy::Values& values, policy::Option option);

/// idle=60s count=5
std::string values_text(const policy::Values& values, policy::OptionSet which);

/// idle 7200s -> 60s, count 9 -> 5; "user_timeout ? -> 45000ms" where the kernel does not tell what it is.
std::string changes_text(const policy::Values& from, const policy::Values& to, policy::OptionSet known,
                         policy::OptionSet which);

/// idle, count
std::string names_text(policy::OptionSet which);
/// ENOPROTOOPT
std::string errno_text(int error);

/// The sentence, and behind a semicolon the remedy.
std::string refusal_text(const sockets::Refusal& refusal);
/// "1 socket", "2 sockets"; "process" -> "processes".
std::string counted(std::size_t count, std::string_view noun);

}  // namespace kashim::text
