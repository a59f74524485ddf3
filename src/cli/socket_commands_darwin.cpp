// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/commands.h"

namespace kashim::cli {

void add_socket_commands(CommandLine& all)
{
    add_only_on_linux(all);
}

}  // namespace kashim::cli
