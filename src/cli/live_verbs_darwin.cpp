// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/verbs.h"

namespace kashim::cli {

void add_live_verbs(CLI::App& app, int& status, char** const& program)
{
    add_only_on_linux(app, status, program);
}

}  // namespace kashim::cli
