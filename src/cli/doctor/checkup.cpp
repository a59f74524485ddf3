// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "cli/doctor/checkup.h"

#include "cli/compiled.h"
#include "cli/process_configuration.h"
#include "host/program_facts.h"
#include "platform/system.h"
#include "reach/judge.h"

#include <fmt/format.h>

#include <cstdlib>

namespace kashim::cli {
namespace {

using reach::Weight;

// What keeps the rules from being in force in a program that is reached.
void about_configuration(const loaded::Effective& effective, reach::Verdict& verdict)
{
    for (const config::FileFinding& warning : effective.file.located.warnings)
        verdict.add(
            {reach::Cause::configuration_unreadable, Weight::remark,
             fmt::format("{} may not be read by the user who runs it, so it counts as absent there", warning.file),
             "make it and the folders above it readable to everybody, or remove it"});
    if (effective.good())
        return;
    std::string what;
    std::string check = "kashim check";
    if (effective.unreadable())
        what = fmt::format("{}: {}", effective.file.located.error.file, effective.file.located.error.finding.text);
    else if (!effective.parsed.good()) {
        what = fmt::format("{} has errors", effective.file.located.path);
        check += " " + effective.file.located.path;  // not always the one that a bare "kashim check" would find
    } else
        what = "KASHIM_OPTIONS has errors";
    verdict.add({reach::Cause::configuration_errors, Weight::obstacle, what + ": nothing is in force in it",
                 fmt::format("\"{}\" says what is wrong", check)});
}

// Costs time, and nothing else. A file with errors cannot be compiled.
void about_compiled(const loaded::Effective& effective, reach::Verdict& verdict)
{
    const config::Located& located = effective.file.located;
    if (located.kind != config::Located::Kind::file || !effective.good())
        return;
    if (const auto doubt = compiled_doubt(located.path, located.text))
        verdict.add({reach::Cause::compiled_not_used, Weight::note, fmt::format("{}: {}", doubt->file, doubt->what),
                     doubt->remedy});
}

}  // namespace

reach::Verdict verdict_of(const reach::ProgramChain& chain, const reach::Starter& starter, const Library& library)
{
    reach::Verdict verdict = reach::judge_program(chain, starter, library.name);
    // What no preload reaches needs none.
    const bool needed = verdict.answer() != reach::Reached::not_reached && !verdict.has(reach::Cause::ld_so_preload);
    if (!chain.broken && !library.problem.empty() && needed)
        verdict.add({reach::Cause::library_missing, Weight::obstacle, library.problem, "install kashim again"});
    return verdict;
}

Checkup check_up_program(const std::vector<std::string>& arguments, const loaded::ConfigurationRequest& request)
{
    const reach::Starter starter = reach::this_starter();
    const reach::ProgramChain chain = reach::follow(arguments, starter);
    const Library library = find_library(chain.image);
    Checkup checkup;
    checkup.name = chain.steps.empty() ? arguments.at(0) : chain.steps.front().path;
    checkup.facts = chain.facts;
    checkup.library = library.name;
    checkup.verdict = verdict_of(chain, starter, library);
    if (chain.broken)
        return checkup;
    checkup.configuration = loaded::effective(request, config::Warnings::no);
    about_configuration(*checkup.configuration, checkup.verdict);
    about_compiled(*checkup.configuration, checkup.verdict);
    if (is_disabled())
        checkup.verdict.add(
            {reach::Cause::disabled, Weight::obstacle,
             fmt::format("KASHIM_DISABLE={} is set here: the library would do nothing", std::getenv("KASHIM_DISABLE")),
             "unset KASHIM_DISABLE"});
    return checkup;
}

Checkup check_up_process(int pid, const loaded::ConfigurationRequest& request)
{
    const reach::Process process = reach::look_at_process(pid);
    const Library library = find_library(process.image);
    Checkup checkup;
    checkup.pid = pid;
    checkup.facts = host::program_facts_of(pid).value_or(host::ProgramFacts{});
    checkup.name = checkup.facts.executable.empty() ? checkup.facts.name : checkup.facts.executable;
    checkup.library = library.name;
    checkup.verdict = reach::judge_process(process, library.name);
    if (process.sight != reach::Process::Sight::whole)
        return checkup;
    checkup.configuration = effective_in(process, request, config::Warnings::no);
    about_configuration(*checkup.configuration, checkup.verdict);
    if (request.config.empty() && checkup.verdict.has(reach::Cause::loaded) &&
        is_newer(*checkup.configuration, process))
        checkup.verdict.add({reach::Cause::configuration_newer, Weight::remark,
                             fmt::format("{} was written after it started: it has what was there then",
                                         checkup.configuration->file.located.path),
                             platform::kTakesSockets
                                 ? fmt::format("start it anew, or \"kashim apply --override {}\"", pid)
                                 : std::string("start it anew")});
    return checkup;
}

}  // namespace kashim::cli
