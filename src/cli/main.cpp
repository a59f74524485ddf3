// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/guard.h"
#include "cli/output.h"
#include "cli/verbs.h"

#include "cli/help.h"
#include "cli/launch.h"
#include "cli/usage.h"

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::cli {

CLI::Option* must_name_a_file(CLI::Option* option)
{
    return option->check([](const std::string& file) { return std::string(file.empty() ? "it names no file" : ""); });
}

void add_configuration_options(CLI::App& verb, ConfigurationRequest& request)
{
    must_name_a_file(
        verb.add_option("--config", request.config, "This configuration file instead of the one that would be found"))
        ->type_name("FILE");
    add_set_option(verb, request);
}

void add_set_option(CLI::App& verb, ConfigurationRequest& request)
{
    verb.add_option("--set", request.set, "A value laid over whatever rule decides, as in KASHIM_OPTIONS")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
}

}  // namespace kashim::cli

static int run_command(int argc, char** argv)
{
    using namespace kashim::cli;
    CLI::App app{"", "kashim"};
    app.set_version_flag("--version", "kashim " KASHIM_VERSION);
    app.require_subcommand(1);

    int status = kGood;
    ProgramArguments arguments{argc, nullptr};
    add_run(app, status, arguments);
    add_check(app, status);
    add_explain(app, status);
    add_doctor(app, status, arguments);
    add_live_verbs(app, status, arguments.program);
    add_compile(app, status);
    teach(app);

    if (argc > 1 && (argv[1] == kRunVerb || argv[1] == kDoctorVerb))
        arguments = cut_program_arguments(*app.get_subcommand(argv[1]), argc, argv);
    if (argc > 1 && argv[1] == kGuardVerb)
        arguments = cut_behind_dashes(argc, argv);
    // kashim help VERB is kashim VERB --help.
    std::string help = "--help";
    std::vector<char*> asked(argv, argv + arguments.ours);
    if (argc > 1 && argv[1] == std::string_view("help")) {
        asked.erase(asked.begin() + 1);
        asked.push_back(help.data());
    }
    try {
        app.parse(static_cast<int>(asked.size()), asked.data());
    } catch (const CLI::ParseError& error) {
        const bool answered = error.get_exit_code() == 0 && app.remaining(false).empty();
        if (answered)
            return app.exit(error) == 0 ? kGood : kFailed;
        std::fputs(complaint(app, error).c_str(), stderr);
        return app.got_subcommand(std::string(kRunVerb)) ? kRunFailed : kFailed;
    }
    return status;
}

int main(int argc, char** argv)
{
    return kashim::cli::with_all_written([argc, argv] { return run_command(argc, argv); });
}
