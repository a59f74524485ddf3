// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "support/process.h"
#include "support/values.h"

#include <gtest/gtest.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::test {

/// Where Debian put the program: not what PATH says, which may name somebody's own Python. Empty where it is missing.
std::string debian_path(std::string_view program);

/// A test whose program is missing says so; tests/run.sh counts that as a failure.
#define KASHIM_NEEDS(program)                                                                                          \
    if (::kashim::test::debian_path(program).empty())                                                                  \
    GTEST_SKIP() << "skipped, because " << (program) << " is not installed"

using Environment = std::vector<std::string>;

/// Debian's own PATH, and nothing that would send loopback traffic to a proxy or read the user's settings.
Environment bare_environment(const TempDir& directory);

/// That, with the library preloaded and the text of a kashim.toml. Library and file are copied to the directory, so
/// that a program which runs as another user can read them wherever the build is.
Environment preloaded_environment(const TempDir& directory, std::string_view policy);

/// The process and everything it has started.
std::vector<pid_t> process_tree(pid_t root);

/// The connection to the port that the process, or anything it has started, has; waits for it.
std::optional<TcpSocket> connected_socket(pid_t root, std::uint16_t peer_port);

/// The connection that came in on `port` from `peer_port`, in whichever process of that tree holds it; waits for it.
std::optional<TcpSocket> accepted_socket(pid_t root, std::uint16_t port, std::uint16_t peer_port);

}  // namespace kashim::test
