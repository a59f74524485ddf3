// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/executable.h"
#include "policy/program.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kashim::platform {

/// Memory for what program_facts() finds; large, so not for a small stack.
struct ProgramMemory {
    std::array<char, 16> name;
    std::array<char, 4096> executable;
    // The arguments as the kernel keeps them (a zero byte behind each), cut where the pattern of a command ends too.
    std::array<char, policy::kLongestCommand> arguments;
    std::array<char, policy::kLongestCommand> command;
};

/// This process, as it was executed. What the arguments do not tell comes from /proc; without that the executable is
/// unknown and so are the arguments. Without a wish for the command line the arguments are looked at only where they name
/// a script.
enum class CommandLine : std::uint8_t { no, yes };
policy::Program program_facts(ProgramMemory& memory, CommandLine command_line = CommandLine::yes,
                              Arguments arguments = {});

/// setuid, setgid or file capabilities (AT_SECURE, getauxval(3)): the environment may be an attacker's.
bool in_secure_execution();

/// The value of an environment variable; null where it is unset.
const char* environment(const char* name);

/// Whether a variable that is a switch is on: any word but 0, as one throws it in an emergency. Null is off.
constexpr bool is_on(const char* value)
{
    return value != nullptr && *value != '\0' && std::string_view(value) != "0";
}

unsigned user_id();
int process_id();

/// The configuration folder of the installation that this code (the library or the command) was loaded from: see
/// sysconfdir_of(). Where it was not installed, as in a build folder: that of the prefix it was configured for.
std::string sysconfdir();

}  // namespace kashim::platform
