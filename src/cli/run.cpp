// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim run: the program gets the library and what --config and --set say, and else everything as it would without:
// this process becomes it. So nothing here may leave a descriptor open, a signal changed or a word printed.
#include "cli/findings.h"
#include "cli/help.h"
#include "cli/launch.h"
#include "cli/obstacle.h"
#include "cli/style.h"
#include "cli/verbs.h"
#include "config/words.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>

namespace kashim::cli {
namespace {

struct RunRequest {
    ConfigurationRequest configuration;
    bool dry_run = false;
    bool json = false;
};

int failed(std::string_view why)
{
    fmt::print(stderr, "kashim run: {}\n", why);
    return kRunFailed;
}

int execute(char** program, const std::vector<Variable>& variables)
{
    const Obstacle why_not = obstacle(program[0], become(program, variables));
    fmt::print(stderr, "kashim run: {}\n", why_not.text);
    return why_not.status;
}

int report_errors(const Effective& effective, std::string_view program)
{
    for (TextFindings& about : findings_of(effective)) {
        std::erase_if(about.findings, [](const config::Finding& finding) {
            return finding.severity != config::Severity::error;
        });
        print_findings(stderr, Style(STDERR_FILENO), about);
    }
    return failed(fmt::format("{} is not started with such a configuration", config::in_quotes(program)));
}

int run(const RunRequest& request, char** program)
{
    if (program == nullptr)
        return failed("name a program: kashim run PROGRAM\nsee: kashim run --help");
    // An emergency: not even a broken configuration keeps the program from running as it would without kashim.
    if (is_disabled())
        return execute(program, {});
    const Effective effective = cli::effective(request.configuration, config::Warnings::no);
    if (!effective.good())
        return report_errors(effective, program[0]);
    const Library library = find_library();
    if (!library.problem.empty())
        return failed(library.problem);
    return execute(program, variables_for(request.configuration, library.name));
}

}  // namespace

void add_run(CLI::App& app, int& status, const ProgramArguments& arguments)
{
    CLI::App* const verb = app.add_subcommand(std::string(kRunVerb), "Runs a program with the rules in force");
    verb->formatter(std::make_shared<UsageFormatter>("[OPTIONS] [--] PROGRAM [ARGUMENT...]"));
    const auto request = std::make_shared<RunRequest>();
    add_configuration_options(*verb, request->configuration);
    const auto dry_run = verb->add_flag("--dry-run", request->dry_run, "Prints what would be executed, and which rules concern it");
    verb->add_flag("--json", request->json, "The same for machines")->needs(dry_run);
    verb->callback([request, &arguments, &status] { status = run(*request, arguments.program); });
}

}  // namespace kashim::cli
