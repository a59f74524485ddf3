// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The verbs for sockets of running programs, where there is no way to them: macOS has nothing like sock_diag(7) and
// pidfd_getfd(2).
#include "cli/launch.h"
#include "cli/verbs.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>

namespace kashim::cli {
namespace {

struct OnlyOnLinux {
    std::string_view verb;
    std::string_view what;
    std::string_view instead;
};

constexpr std::array<OnlyOnLinux, 3> kVerbs{{
    {"show", "looked at", "\"netstat -anp tcp\" lists them, and KASHIM_LOG=debug in a program says what its own got"},
    {"apply", "set", "start them anew with \"kashim run\", or give their services DYLD_INSERT_LIBRARIES"},
    {"guard", "set", "start them anew with \"kashim run\", or give their services DYLD_INSERT_LIBRARIES"},
}};

}  // namespace

void add_only_on_linux(CLI::App& app, int& status, char** const& program)
{
    for (const OnlyOnLinux& one : kVerbs) {
        CLI::App* const verb = app.add_subcommand(std::string(one.verb), "Sockets of running programs: on Linux only");
        verb->prefix_command();  // whatever its options are there
        verb->callback([&one, &program, &status] {
            fmt::print(stderr, "kashim {}: the sockets of running programs can be {} on Linux only; on macOS {}\n",
                       one.verb, one.what, one.instead);
            const bool starts_a_program = one.verb == kGuardVerb && program != nullptr;
            status = starts_a_program ? kRunFailed : kFailed;
        });
    }
}

}  // namespace kashim::cli
