// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "cli/apply/report.h"

namespace kashim::cli {

/// What became of the sockets of one process, but those that were right already; in a dry run "would set":
///
///   set: fd 8 to 192.0.2.1:5432, rule "database" at line 1: idle 7200s -> 60s, count 9 -> 5
///   set: 12 sockets, rule "database" at line 1: keepalive off -> on, idle 7200s -> 60s
///   left: 1 socket, rule "cache" at line 7: the program's idle=300s interval=100s
///   refused: 2 sockets, rule "database" at line 1: user_timeout=45000ms (ENOPROTOOPT)
std::vector<std::string> lines_of(const sockets::ProcessResult& result, const loaded::Effective& effective,
                                  PerSocket per_socket, bool dry_run);

}  // namespace kashim::cli
