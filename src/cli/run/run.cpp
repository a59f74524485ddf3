// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim run: the program gets the library and what --config and --set say, and else everything as it would without:
// this process becomes it. So nothing here may leave a descriptor open, a signal changed or a word printed. What no
// preload reaches is guarded instead; on macOS, which has no guard, it is refused.
#include "cli/commands.h"
#include "cli/guard/guard.h"
#include "cli/launch.h"
#include "cli/obstacle.h"
#include "cli/run/dry_run.h"
#include "cli/system_text.h"
#include "cli/text/shell_words.h"
#include "config/words.h"
#include "host/preload.h"
#include "platform/system.h"
#include "reach/judge.h"
#include "text/findings.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace kashim::cli {
namespace {

struct RunRequest {
    loaded::ConfigurationRequest configuration;
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

int failed_to_execute(const RunPlan& plan, int error)
{
    return cannot_execute(kRunCommand, plan.arguments, error);
}

// No preload reaches the program. The library stays in its environment where it does no harm, for the programs that it
// starts; elsewhere the loader would complain, or the program not start.
void plan_without_preload(RunPlan& plan, const reach::Diagnosis& obstacle)
{
    plan.unreached = obstacle.what;
    const bool harms = obstacle.cause != reach::Cause::statically_linked && obstacle.cause != reach::Cause::go &&
                       obstacle.cause != reach::Cause::cleared;
    if (harms)
        std::erase_if(plan.variables, [](const Variable& variable) { return variable.name == host::kPreloadVariable; });
}

// Its sockets are looked after from outside: this process stays as its parent, and ends as it does. Not on macOS.
[[maybe_unused]] int run_guarded(const RunRequest& request, char** program, const RunPlan& plan)
{
    say(unreached_text(plan));
    for (const Variable& variable : plan.variables)
        ::setenv(variable.name.c_str(), variable.value.c_str(), 1);
    return guard_program(kRunCommand, request.configuration, program);
}

// The kernel would refuse it. Behind env(1) it is env that fails, and a shell takes what is no program for a script.
bool is_refused(const reach::ProgramChain& chain)
{
    const bool asks_kernel = std::ranges::none_of(chain.steps, [](const reach::Step& step) {
        return step.kind == reach::Step::Kind::env || step.kind == reach::Step::Kind::shell;
    });
    return asks_kernel && chain.broken &&
           (chain.broken->cause == reach::Cause::script_broken || chain.broken->cause == reach::Cause::loader_missing);
}

int dry_run(const RunRequest& request, const RunPlan& plan, const reach::ProgramChain& chain)
{
    const reach::FoundProgram found = reach::find_program(plan.arguments[0], reach::this_starter().path);
    if (found.error != 0 || is_refused(chain))
        return failed_to_execute(plan, found.error != 0 ? found.error : ENOEXEC);
    request.json ? print_dry_run_json(plan) : print_dry_run(plan);
    return kGood;
}

int run(const RunRequest& request, char** program)
{
    if (program == nullptr)
        return failed("name a program: kashim run PROGRAM\nsee: kashim run --help");
    RunPlan plan{.arguments = strings(program)};
    // An emergency: not even a broken configuration keeps the program from running as it would without kashim.
    const bool disabled = is_disabled();
    if (disabled && !request.dry_run)
        return failed_to_execute(plan, become(program, {}));
    const reach::Starter starter = reach::this_starter();
    const reach::ProgramChain chain = reach::follow(plan.arguments, starter);
    plan.facts = chain.facts;
    if (!disabled) {
        plan.configuration = loaded::effective(request.configuration, config::Warnings::no);
        if (!plan.configuration->good()) {
            text::print_errors(*plan.configuration);
            return failed(fmt::format("{} is not started with such a configuration", config::in_quotes(program[0])));
        }
        const Library library = find_library(chain.image);
        plan.variables = variables_for(request.configuration, library.name);
        const reach::Verdict verdict = reach::judge_program(chain, starter, library.name, reach::Depth::obstacles);
        // What no preload reaches is guarded, and needs no library.
        if (verdict.answer() == reach::Reached::not_reached)
            plan_without_preload(plan, verdict.diagnoses.front());
        else if (!library.problem.empty())
            return failed(library.problem);
        if (verdict.answer() == reach::Reached::unknown)
            plan.doubt = verdict.diagnoses.front().what;
    }
    if (!platform::kTakesSockets && !plan.unreached.empty())
        return failed(fmt::format("{}\nsee: kashim doctor {}", unreached_text(plan), shell_word(program[0])));
    if (request.dry_run)
        return dry_run(request, plan, chain);
    if constexpr (platform::kTakesSockets) {
        if (!plan.unreached.empty())
            return run_guarded(request, program, plan);
    }
    return failed_to_execute(plan, become(program, plan.variables));
}

}  // namespace

void add_run(CommandLine& all)
{
    Args& args = all.add(kRunCommand, "Runs a program with the rules in force");
    args.usage("[OPTIONS] [--] PROGRAM [ARGUMENT...]");
    args.starts_program(Args::Program::first);
    args.fails_with(kRunFailed);
    const auto request = std::make_shared<RunRequest>();
    add_configuration_options(args, request->configuration);
    const Option dry_run = args.flag("--dry-run", request->dry_run,
                                     "Prints what would be executed, and which rules are for it; runs nothing");
    args.flag("--json", request->json, "The same for machines").needs(dry_run);
    args.footer(
        "What stands behind PROGRAM is its own, also what looks like an option. PROGRAM is looked up in PATH. It "
        "gets\n" +
        std::string(system_text().run) +
        "\n"
        "Examples:\n"
        "  kashim run psql -h db.example\n"
        "      psql with the rules that are in force here\n"
        "  kashim run --set dead_after=45s --set user_timeout=auto curl -N https://feed.example\n"
        "      with other values, whichever rule decides\n"
        "  kashim run --config new.toml -- ./app --config app.toml\n"
        "      tries a new file on one program\n"
        "  kashim run --dry-run ./app\n"
        "      how ./app would be started, as what the rules see it, and which of them are for it\n"
        "\n"
        "Exit status: the program's; 125 kashim itself failed (wrong usage, an error in the configuration, no\n"
        "library): the program was not started; 126 it is there but cannot be executed; 127 it was not found.\n"
        "With KASHIM_DISABLE=1 the program is started as if kashim were not there. --dry-run: 0, or as above.");
    args.action([request](char** program) { return run(*request, program); });
}

}  // namespace kashim::cli
