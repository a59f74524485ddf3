// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim run: the program gets the library and what --config and --set say, and else everything as it would without:
// this process becomes it. So nothing here may leave a descriptor open, a signal changed or a word printed.
#include "cli/cells.h"
#include "cli/findings.h"
#include "cli/help.h"
#include "cli/launch.h"
#include "cli/obstacle.h"
#include "cli/style.h"
#include "cli/verbs.h"
#include "config/words.h"
#include "platform/preload.h"
#include "reach/judge.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <system_error>

namespace kashim::cli {
namespace {

struct RunRequest {
    ConfigurationRequest configuration;
    bool dry_run = false;
    bool json = false;
};

// One line on standard error. Not fmt::print, which throws where that is closed: the exit status must still be ours.
void say(const std::string& text)
{
    std::fprintf(stderr, "kashim run: %s\n", text.c_str());
}

int failed(const std::string& why)
{
    say(why);
    return kRunFailed;
}

std::vector<std::string> strings(char** words)
{
    std::vector<std::string> result;
    for (; *words != nullptr; ++words)
        result.emplace_back(*words);
    return result;
}

int execute(char** program, const std::vector<Variable>& variables)
{
    const Obstacle why_not = obstacle(strings(program), become(program, variables));
    say(why_not.text);
    return why_not.status;
}

int report_errors(const Effective& effective, std::string_view program)
{
    for (TextFindings& about : findings_of(effective)) {
        std::erase_if(about.findings, [](const config::Finding& finding) {
            return finding.severity != config::Severity::error;
        });
        try {
            print_findings(stderr, Style(STDERR_FILENO), about);
        } catch (const std::system_error&) {
            break;  // standard error is closed
        }
    }
    return failed(fmt::format("{} is not started with such a configuration", config::in_quotes(program)));
}

// It is not kashim's to keep a program from running, so it runs without. The library stays in the environment where it
// does no harm, for the programs that this one starts; elsewhere the loader would complain, or the program not start.
int run_what_no_preload_reaches(char** program, std::vector<Variable> variables, const reach::Finding& obstacle)
{
    say(fmt::format("{} runs without kashim: {}; see: kashim doctor {}", harmless(program[0]), harmless(obstacle.what),
                    harmless(program[0])));
    const bool harms = obstacle.code != "static" && obstacle.code != "go" && obstacle.code != "cleared";
    if (harms)
        std::erase_if(variables, [](const Variable& variable) { return variable.name == platform::kPreloadVariable; });
    return execute(program, variables);
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
    const std::vector<Variable> variables = variables_for(request.configuration, library.name);
    const reach::Starter starter = reach::this_starter();
    const reach::Verdict verdict =
        reach::judge_program(reach::follow(strings(program), starter), starter, library.name);
    if (verdict.answer() == reach::Answer::not_reached)
        return run_what_no_preload_reaches(program, variables, verdict.findings.front());
    return execute(program, variables);
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
