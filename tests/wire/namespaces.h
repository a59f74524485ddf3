// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace kashim::test {

/// Moves the calling process, which must have one thread, into a new network namespace. Without privilege a user
/// namespace comes along in which we are root (user_namespaces(7)); a second call then needs none. False where the
/// system allows neither.
bool enter_new_network();

/// Raises the loopback of the namespace that the calling process is in.
bool raise_loopback();

/// One of the kernel's counters in that namespace, by nstat's name: "TcpExtTCPKeepAlive". Throws std::runtime_error.
int kernel_counter(const std::string& name);

/// Runs a program of Debian's with this standard input; throws std::runtime_error with what it said where it failed.
void must_run(const std::string& program, const std::string& argument, const std::string& input);

}  // namespace kashim::test
