// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/commands.h"

namespace kashim::cli {

void add_socket_commands(CommandLine& all)
{
    add_show(all);
    add_apply(all);
    add_guard(all);
}

}  // namespace kashim::cli
