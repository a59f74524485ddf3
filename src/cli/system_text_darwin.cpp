// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/system_text.h"

namespace kashim::cli {

const SystemText& system_text()
{
    static constexpr SystemText kText{
        "PREFIX/etc/kashim/kashim.toml", "",
        "the library in DYLD_INSERT_LIBRARIES, in front of what is there; with --config and --set KASHIM_CONFIG and\n"
        "KASHIM_OPTIONS too; nothing else is changed. kashim becomes the program: same process, terminal, signals\n"
        "and exit status, and not a word where all is well. A program that this does not reach (the system's own,\n"
        "hardened, setuid ...) is not started; that is said on standard error.\n"};
    return kText;
}

}  // namespace kashim::cli
