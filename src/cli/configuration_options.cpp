// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/commands.h"

namespace kashim::cli {

void add_configuration_options(Args& args, loaded::ConfigurationRequest& request)
{
    args.option("--config", request.config, "This configuration file instead of the one that would be found")
        .names_a_file()
        .value("FILE");
    add_set_option(args, request);
}

void add_set_option(Args& args, loaded::ConfigurationRequest& request)
{
    args.option("--set", request.set, "A value laid over whatever rule decides, as in KASHIM_OPTIONS")
        .value("KEY=VALUE");
}

}  // namespace kashim::cli
