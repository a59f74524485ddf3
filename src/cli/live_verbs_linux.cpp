// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/verbs.h"

namespace kashim::cli {

void add_live_verbs(CLI::App& app, int& status, char** const& program)
{
    add_show(app, status);
    add_apply(app, status);
    add_guard(app, status, program);
}

}  // namespace kashim::cli
