// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/check.h"

#include <CLI/CLI.hpp>

#include <string>

int main(int argc, char** argv)
{
    CLI::App app{"TCP keepalive for programs that nobody can change.\n\n"
                 "  LD_PRELOAD=libkashim.so app     runs app with the rules in force\n"
                 "  kashim check                    says what is wrong with them\n"};
    app.set_version_flag("--version", "kashim " KASHIM_VERSION);
    app.require_subcommand(1);

    std::string file;
    CLI::App* const check = app.add_subcommand("check", "Every error and warning of a configuration, compiler style");
    check->add_option("FILE", file, "The file; without it the one that a program started from here would use");
    check->footer("Without FILE, KASHIM_OPTIONS is checked along.\n"
                  "Exit status: 0 good (there may be warnings), 1 errors, 2 the file cannot be read, or wrong usage.");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        constexpr int kUsage = 2;
        return app.exit(error) == 0 ? 0 : kUsage;
    }
    return static_cast<int>(kashim::cli::check(file));
}
