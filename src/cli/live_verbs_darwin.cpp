// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/verbs.h"

namespace kashim::cli {

void add_live_verbs(CommandLine& all)
{
    add_only_on_linux(all);
}

}  // namespace kashim::cli
