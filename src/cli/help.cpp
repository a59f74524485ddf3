// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/help.h"

#include "cli/system_text.h"

#include <memory>

namespace kashim::cli {

std::string UsageFormatter::make_usage(const CLI::App*, std::string name) const
{
    return "Usage: " + name + " " + usage_ + "\n";
}

void teach(CLI::App& app)
{
    app.formatter(std::make_shared<UsageFormatter>("VERB [OPTIONS] [ARGUMENT...]"));
    app.description("TCP keepalive for programs that nobody can change.");
    app.get_help_ptr()->description("Prints this, behind a verb the help of that verb");
    app.get_option("--version")->description("Prints the version");
    for (CLI::App* const verb : app.get_subcommands({})) {
        verb->group("Verbs");
        verb->get_help_ptr()->description("Prints this");
        // In small letters, for who reads this by program: a word in capitals says what the option takes.
        verb->get_formatter()->label("Needs", "with");
        verb->get_formatter()->label("Excludes", "not with");
    }
    app.footer("Examples:\n"
               "  kashim run psql -h db.example\n"
               "      psql with the rules in force; what stands behind its name is its own\n"
               "  kashim run --set dead_after=45s --dry-run ./app --verbose\n"
               "      how ./app would be started, and which rules concern it\n"
               "  kashim check\n"
               "      what is wrong with the configuration\n"
               "  kashim explain --program psql --outbound db.example:5432\n"
               "      which rule decides for that connection, and when its death is noticed\n"
               "  kashim doctor /usr/bin/hugo\n"
               "      whether a program can be reached, and what stands in the way\n" +
               std::string(system_text().live_examples) +
               "\n"
               "kashim VERB --help says more about each. The configuration is " +
               std::string(system_text().configuration) +
               ", if it is there:\n"
               "kashim.toml(5). How the library works in a program: libkashim.so(7).\n"
               "Exit status: 0 yes or done, 1 no, 2 wrong usage or failed; run gives its program's.");
}

}  // namespace kashim::cli
