// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/system_text.h"

namespace kashim::cli {

const SystemText& system_text()
{
    static constexpr SystemText kText{
        "/etc/kashim/kashim.toml",
        "  kashim show\n"
        "      every TCP socket with the values it really has\n"
        "  sudo kashim guard --all\n"
        "      the same rules for programs that run already, or that nothing can be preloaded into\n",
        "the library in LD_PRELOAD, in front of what is there; with --config and --set KASHIM_CONFIG and\n"
        "KASHIM_OPTIONS too; nothing else is changed. kashim becomes the program: same process, terminal, signals\n"
        "and exit status, and not a word where all is well. A program that no preload reaches (static, Go, setuid\n"
        "...) is run as a child and guarded instead; that is said on standard error.\n"};
    return kText;
}

}  // namespace kashim::cli
