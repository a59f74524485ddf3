// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/preload.h"
#include "platform/process.h"
#include "reach/judge.h"
#include "reach/macho_diagnoses.h"
#include "reach/protection.h"

#include <fmt/format.h>

namespace kashim::reach {
namespace {

// Why nothing could be looked at; nothing where something could.
std::optional<Diagnosis> about_sight(const Process& process)
{
    switch (process.sight) {
    case Process::Sight::whole:
        return std::nullopt;
    case Process::Sight::gone:
        return Diagnosis{Cause::gone, Weight::doubt, fmt::format("there is no process {}, or no longer", process.pid),
                         fmt::format("a program of that name is given with a slash: ./{}", process.pid)};
    case Process::Sight::ended:
        return Diagnosis{Cause::gone, Weight::doubt, "it has ended, and waits for its parent to take notice", ""};
    default:
        return Diagnosis{Cause::denied, Weight::doubt, "this user may not look into it", "ask as root"};
    }
}

void about_switch(const Process& process, Verdict& verdict)
{
    const char* const disable = process.secure ? nullptr : process.variable("KASHIM_DISABLE");
    if (platform::is_on(disable))
        verdict.add({Cause::disabled, Weight::obstacle,
                     fmt::format("KASHIM_DISABLE={} was set when it started: the library does nothing in it", disable),
                     "start it anew without KASHIM_DISABLE"});
}

void about_not_loaded(const Process& process, Verdict& verdict)
{
    verdict.add(
        {Cause::not_loaded, Weight::obstacle, "the library is not loaded in it", "start it anew with the library"});
    if (is_protected(process.executable)) {
        verdict.add(protected_by_system(process.executable));
        return;
    }
    if (process.secure)
        verdict.add({Cause::secure, Weight::obstacle,
                     fmt::format("it was started with rights of its own (setuid, setgid), or took some: the loader "
                                 "ignores {} in such a program",
                                 host::kDyldPreload.variable),
                     "use the program's own settings"});
    if (const MachSlice* const slice = process.mach ? process.mach->for_machine(this_machine()) : nullptr)
        about_slice(*slice, verdict);
    about_switch(process, verdict);
    const char* const value = process.variable(host::kDyldPreload.variable);
    if (host::library_entries(value != nullptr ? value : "", host::kDyldPreload).empty())
        verdict.add({Cause::not_asked, Weight::obstacle,
                     fmt::format("nothing asked its loader for the library: {} in its environment names none, or was "
                                 "taken away by a program of the system on the way (sh, env, sudo)",
                                 host::kDyldPreload.variable),
                     fmt::format("start it with \"kashim run\" or with {} set; of a service, by its property list",
                                 host::kDyldPreload.variable)});
}

}  // namespace

Verdict judge_process(const Process& process, const std::string&)
{
    Verdict verdict;
    if (const auto diagnosis = about_sight(process)) {
        verdict.add(*diagnosis);
        return verdict;
    }
    const std::string loaded = process.mapped_file(host::kDyldPreload.library);
    if (loaded.empty()) {
        about_not_loaded(process, verdict);
        return verdict;
    }
    verdict.add({Cause::loaded, Weight::note, fmt::format("the library {} is loaded", loaded), ""});
    about_switch(process, verdict);
    return verdict;
}

}  // namespace kashim::reach
