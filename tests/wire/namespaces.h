// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace kashim::test {

/// Moves the calling process, which must have one thread, into a new network namespace. Without privilege a user
/// namespace comes along in which we are root (user_namespaces(7)); a second call then needs none. False where the
/// system allows neither.
bool enter_new_network();

/// Raises or lowers the loopback of the namespace that the calling process is in. A new one's is down.
bool raise_loopback();
bool lower_loopback();

/// One of the kernel's counters in that namespace, by nstat(8)'s name: "TcpExtTCPKeepAlive". No program is started for
/// it, so that little time passes between what is counted before and after. Throws std::runtime_error.
int kernel_counter(const std::string& name);

/// Runs a program of Debian's with this standard input; throws std::runtime_error with what it said where it failed.
void must_run(const std::string& program, const std::string& argument, const std::string& input);

}  // namespace kashim::test
