// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/expected.h"
#include "policy/policy.h"
#include "shim/connection.h"

// What the steps of every system are made of.
namespace kashim::shim {

/// Whether what was read, of what was asked, is a TCP socket's: the number may have got another socket behind our back.
bool is_tcp_by(const policy::Reading& reading, policy::OptionSet asked);

/// Gives the socket what the rule says and the program allows. candidates are the options worth looking at.
void apply(const Connection& connection, const policy::Decision& decision, const policy::Expected& expected,
           policy::OptionSet candidates = policy::OptionSet::all());

/// The socket has no peer any more, or got none: the next rule must find it as it was before, not with the values of the
/// last rule, which would look like the program's. expected knows of that rule; untouched is what it had before us.
void take_back(int fd, const policy::Expected& expected, const policy::Values& untouched);

}  // namespace kashim::shim
