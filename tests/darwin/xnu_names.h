// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// How the kernel of these tests names things.
#pragma once

#include "policy/endpoint.h"

#include <sys/socket.h>

#include <string>

namespace kashim::test {

/// TCP_KEEPALIVE
std::string name_of_option(int level, int name);

/// " EINVAL"
std::string name_of_error(int error);

/// The address that a socket of this family takes out of a program's memory.
policy::Endpoint endpoint_in(const sockaddr* address, int family);

}  // namespace kashim::test
