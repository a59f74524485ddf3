// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "programs/debian.h"
#include "programs/policy.h"
#include "support/process.h"
#include "support/values.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace kashim::test {

/// A program that was built with these tests: see CMakeLists.txt. What it needs may be missing.
inline std::string built(const std::string& program)
{
    return std::string(KASHIM_GUARDED_PROGRAMS) + "/" + program;
}

#define KASHIM_NEEDS_BUILT(program, package)                                                                           \
    if (!std::filesystem::exists(::kashim::test::built(program)))                                                      \
    GTEST_SKIP() << "skipped, because " << (package) << " was not installed when the tests were built"

/// The file, and a rule for nobody with an idle so short that the guard passes every second.
inline std::string in_a_hurry(const std::string& policy)
{
    return policy + "[[rule]]\nprogram = \"a-program-that-nobody-runs\"\nidle = 4\n";
}

/// `kashim guard` with a file of this text, and what follows: options, PIDs, or "--" and a program.
inline std::vector<std::string> guard(const TempDir& directory, const std::string& policy,
                                      const std::vector<std::string>& what)
{
    std::vector<std::string> arguments{KASHIM_COMMAND, "guard", "--config",
                                       write_file(directory / "guard.toml", policy)};
    arguments.insert(arguments.end(), what.begin(), what.end());
    return arguments;
}

/// Behind "--".
inline std::vector<std::string> guard_started(const TempDir& directory, const std::string& policy,
                                              std::vector<std::string> program)
{
    program.insert(program.begin(), "--");
    return guard(directory, policy, program);
}

/// The connection of the process, or of anything it has started, to the port: its values as soon as they are these, what
/// they are at the deadline otherwise.
inline Values values_become(pid_t root, std::uint16_t peer_port, const Values& wanted)
{
    Values values;
    eventually([&] {
        values = connected_socket(root, peer_port).value().values;
        return values == wanted;
    });
    return values;
}

/// The same for the connection that came in on `port` from `peer_port`.
inline Values accepted_values_become(pid_t root, std::uint16_t port, std::uint16_t peer_port, const Values& wanted)
{
    Values values;
    eventually([&] {
        values = accepted_socket(root, port, peer_port).value().values;
        return values == wanted;
    });
    return values;
}

}  // namespace kashim::test
