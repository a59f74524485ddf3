// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The verbs for sockets of running programs, where there is no way to them: macOS has nothing like sock_diag(7) and
// pidfd_getfd(2).
#include "cli/commands.h"
#include "cli/launch.h"

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

void add_only_on_linux(CommandLine& all)
{
    for (const OnlyOnLinux& one : kVerbs) {
        Args& args = all.add(one.verb, "Sockets of running programs: on Linux only");
        args.takes_anything();
        if (one.verb == kGuardCommand)
            args.starts_program(Args::Program::after_dashes);
        args.action([&one](char** program) {
            fmt::print(stderr, "kashim {}: the sockets of running programs can be {} on Linux only; on macOS {}\n",
                       one.verb, one.what, one.instead);
            return program != nullptr ? kRunFailed : kFailed;
        });
    }
}

}  // namespace kashim::cli
