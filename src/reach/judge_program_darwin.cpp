// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/preload.h"
#include "reach/chain_diagnoses.h"
#include "reach/judge.h"
#include "reach/macho_diagnoses.h"
#include "reach/protection.h"

#include <fmt/format.h>

#include <cstring>

namespace kashim::reach {
namespace {

// What starts the program is a program too: a protected env(1) does not hand on what was taken away from it. Nothing
// where the variable is there in the end.
std::optional<Diagnosis> cleared_on_the_way(const ProgramChain& program)
{
    std::optional<Diagnosis> cleared;
    for (const Step& step : program.steps) {
        if (step.kind != Step::Kind::env)
            continue;
        if (is_protected(step.path))
            cleared = protected_by_system(step.path);
        if (step.preload && !*step.preload)
            cleared = Diagnosis{
                Cause::cleared, Weight::obstacle,
                fmt::format("{} takes {} away before it starts the program", step.path, host::kDyldPreload.variable),
                fmt::format("name {} behind that env", host::kDyldPreload.variable)};
        if (step.preload && *step.preload)
            cleared = std::nullopt;
    }
    return cleared;
}

void about_privileges(const ProgramChain& program, const Starter& starter, Verdict& verdict)
{
    const Privileges privileges = privileges_of(program.file);
    if (!privileges.any())
        return;
    const Right right = right_of(privileges, starter);
    if (privileges.secure_for(starter))
        verdict.add({right.cause, Weight::obstacle,
                     fmt::format("{}: the loader ignores {} in it", right.what, host::kDyldPreload.variable),
                     "use the program's own settings"});
    else
        verdict.add({right.cause, Weight::remark,
                     fmt::format("{}: started by {} it is reached, by others not", right.what, user_name(starter.uid)),
                     ""});
}

void about_library(const std::string& entry, const MachSlice& slice, Verdict& verdict)
{
    host::FileEntry file = host::Root().find(entry);
    const auto library = read_macho(file.reader());
    if (file.error() != 0)
        verdict.add({file.error() == EACCES ? Cause::library_unreadable : Cause::library_missing, Weight::obstacle,
                     fmt::format("the library {} cannot be read: {}; the program would not start with it", entry,
                                 std::strerror(file.error())),
                     "install kashim again"});
    else if (!library)
        verdict.add({Cause::library_broken, Weight::obstacle,
                     fmt::format("{} is no library: it is cut, or something else", entry), "install kashim again"});
    else
        about_library_slices(slice, *library, verdict);
}

void about_program(const ProgramChain& program, const Starter& starter, const std::string& entry, Verdict& verdict)
{
    const MachCpu machine = this_machine();
    const MachSlice* const slice = program.mach->for_machine(machine);
    if (slice == nullptr) {
        verdict.add({Cause::architecture, Weight::obstacle,
                     fmt::format("it is a program for {}, which this Mac does not run", program.mach->architectures()),
                     "name a program for this Mac"});
        return;
    }
    if (!entry.empty())
        about_library(entry, *slice, verdict);
    about_slice(*slice, verdict);
    about_privileges(program, starter, verdict);
    if (slice->cpu != machine)
        verdict.add(
            {Cause::translated, Weight::note,
             fmt::format("it has no part for this Mac's processor: Rosetta runs it as {}, with that part of the "
                         "library",
                         slice->architecture()),
             ""});
}

}  // namespace

Verdict judge_program(const ProgramChain& program, const Starter& starter, const std::string& entry, Depth)
{
    Verdict verdict;
    about_chain(program, verdict);
    if (program.broken) {
        verdict.add({program.broken->cause, Weight::doubt, program.broken->what, program.broken->remedy});
        return verdict;
    }
    // Nothing else matters then, and what the system's own programs are like is not for us to tell.
    if (is_protected(program.facts.executable)) {
        verdict.add(protected_by_system(program.facts.executable));
        return verdict;
    }
    if (const auto cleared = cleared_on_the_way(program))
        verdict.add(*cleared);
    about_program(program, starter, entry, verdict);
    if (verdict.answer() <= Reached::reached_with_remarks && !entry.empty())
        verdict.add({Cause::preload, Weight::note,
                     fmt::format("{}={} loads the library into it", host::kDyldPreload.variable, entry),
                     "\"kashim run\" sets that"});
    return verdict;
}

}  // namespace kashim::reach
