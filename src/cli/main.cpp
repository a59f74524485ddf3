// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/verbs.h"

namespace kashim::cli {

void add_configuration_options(CLI::App& verb, ConfigurationRequest& request)
{
    verb.add_option("--config", request.config, "This configuration file instead of the one that would be found")
        ->type_name("FILE");
    verb.add_option("--set", request.set, "A value laid over whatever rule decides, as in KASHIM_OPTIONS")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
}

}  // namespace kashim::cli

int main(int argc, char** argv)
{
    CLI::App app{"TCP keepalive for programs that nobody can change.\n\n"
                 "  LD_PRELOAD=libkashim.so app     runs app with the rules in force\n"
                 "  kashim check                    says what is wrong with them\n",
                 "kashim"};
    app.set_version_flag("--version", "kashim " KASHIM_VERSION);
    app.require_subcommand(1);

    int status = kashim::cli::kGood;
    kashim::cli::add_check(app, status);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kashim::cli::kGood : kashim::cli::kFailed;
    }
    return status;
}
