// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/verbs.h"

namespace kashim::cli {

void add_live_verbs(CommandLine& all)
{
    add_show(all);
    add_apply(all);
    add_guard(all);
}

}  // namespace kashim::cli
