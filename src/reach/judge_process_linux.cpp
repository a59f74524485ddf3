// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/preload.h"
#include "platform/process.h"
#include "reach/diagnoses.h"
#include "reach/judge.h"
#include "reach/php.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace kashim::reach {
namespace {

constexpr std::string_view kDeleted = " (deleted)";

std::string for_good(int pid)
{
    return fmt::format("start it anew with the library; until then \"kashim apply {0}\" sets the sockets it has, and "
                       "\"kashim guard {0}\" those to come too",
                       pid);
}

// Why nothing could be looked at; nothing where something could.
std::optional<Diagnosis> about_sight(const Process& process)
{
    switch (process.sight) {
    case Process::Sight::whole:
        return std::nullopt;
    case Process::Sight::denied:
        if (geteuid() == 0)
            return Diagnosis{Cause::denied, Weight::doubt,
                             "the kernel lets not even this root look into it: it has no CAP_SYS_PTRACE over it, or a "
                             "security module or a seccomp filter forbids it",
                             "ask from outside of this container, or with CAP_SYS_PTRACE"};
        if (process.user.uid == geteuid())
            return Diagnosis{Cause::denied, Weight::doubt,
                             "the kernel lets nobody but root look into it, because it has, or had, rights of its own",
                             "ask as root"};
        return Diagnosis{Cause::denied, Weight::doubt,
                         fmt::format("this user may not look into it: it belongs to uid {}", process.user.uid),
                         "ask as root, or as that user"};
    case Process::Sight::gone:
        return Diagnosis{Cause::gone, Weight::doubt, fmt::format("there is no process {}, or no longer", process.pid),
                         "a program of that name is given with a slash: ./" + std::to_string(process.pid)};
    case Process::Sight::leaderless:
        return Diagnosis{
            Cause::leaderless, Weight::doubt,
            "its first thread has ended and others go on: the kernel shows nothing of them under this number",
            "ask about one of the numbers in " + fmt::format("/proc/{}/task", process.pid)};
    case Process::Sight::ended:
        return Diagnosis{Cause::gone, Weight::doubt, "it has ended, and waits for its parent to take notice", ""};
    case Process::Sight::restless:
        return Diagnosis{Cause::starting, Weight::doubt, "it executes one program after the other", "ask again"};
    case Process::Sight::kernel_thread:
        break;
    }
    return Diagnosis{Cause::no_program, Weight::doubt,
                     "it runs no program: it is a thread of the kernel, or just ending", ""};
}

// With it neither does the library anything, nor does "kashim run" ask for the library.
void about_switch(const Process& process, Verdict& verdict)
{
    const char* const disable = process.secure ? nullptr : process.variable("KASHIM_DISABLE");
    if (platform::is_on(disable))
        verdict.add({Cause::disabled, Weight::obstacle,
                     fmt::format("KASHIM_DISABLE={} was set when it started: the library does nothing in it", disable),
                     "start it anew without KASHIM_DISABLE, or " + guard(process.pid)});
}

void about_loaded(const Process& process, std::string path, Verdict& verdict)
{
    if (path.ends_with(kDeleted)) {
        path.resize(path.size() - kDeleted.size());
        verdict.add(
            {Cause::replaced, Weight::remark,
             fmt::format("the library {} is loaded, but the file was replaced or removed since: an older version "
                         "is at work",
                         path),
             "start it anew to get the present one"});
    } else {
        verdict.add({Cause::loaded, Weight::note, fmt::format("the library {} is loaded", path), ""});
    }
    about_switch(process, verdict);
    if (const auto extensions = escaping_extensions(process.mapped); !extensions.empty())
        verdict.add(about_php(extensions, "loaded in it"));
}

// It does not hold the library in LD_PRELOAD: was it taken away, or never given?
Diagnosis about_absent_variable(const Process& process)
{
    const auto of_parent = variable_of(process.parent, host::kPreloadVariable);
    if (of_parent && !host::library_entries(*of_parent).empty())
        return {Cause::cleared, Weight::obstacle,
                fmt::format(
                    "its parent (PID {}) has LD_PRELOAD={}, it has {}: something in between cleared it (sudo, su -, "
                    "env -i, a wrapper)",
                    process.parent, *of_parent,
                    process.variable(host::kPreloadVariable) != nullptr ? "another value" : "none"),
                "set LD_PRELOAD behind what clears it: sudo env LD_PRELOAD=... PROGRAM, env -i LD_PRELOAD=... PROGRAM"};
    return {Cause::not_asked, Weight::obstacle,
            "nothing asked its loader for the library: LD_PRELOAD in its environment names none",
            "start it with \"kashim run\" or with LD_PRELOAD set; of a service, by its drop-in"};
}

// glibc's loader maps what is preloaded first, then what the program needs: with neither there, it is still at work.
bool is_starting(const Process& process)
{
    const auto is_library = [](const std::string& path) {
        const std::string_view name = policy::file_name(path);
        return name.find(".so") != std::string_view::npos && !name.starts_with("ld-") && !name.starts_with("ld.") &&
               !name.starts_with("ld64.");
    };
    return process.image.libc() == Libc::glibc && !process.image.needed.empty() &&
           std::none_of(process.mapped.begin(), process.mapped.end(), is_library);
}

void about_not_loaded(const Process& process, const std::string& entry, Verdict& verdict)
{
    verdict.add({Cause::not_loaded, Weight::obstacle, "the library is not loaded in it", for_good(process.pid)});
    if (!process.program_known)
        return;
    about_image(process.image, verdict);
    if (process.secure) {
        verdict.add({Cause::secure, Weight::obstacle,
                     "it was started with rights of its own (setuid, setgid or file capabilities): the loader ignored "
                     "LD_PRELOAD",
                     "write the library's whole path into /etc/ld.so.preload, or " + guard(process.pid)});
        return;
    }
    about_switch(process, verdict);
    const char* const value = process.variable(host::kPreloadVariable);
    const std::vector<std::string> asked = host::library_entries(value != nullptr ? value : "");
    if (asked.empty())
        verdict.add(about_absent_variable(process));
    std::string wanted = asked.empty() ? entry : asked.front();
    if (wanted.find('/') != std::string::npos)
        wanted = process.absolute(wanted);
    if (wanted.empty())
        return;
    const LibraryFile library = find_library(wanted, process.image, process.root, process.user);
    about_library(library, wanted, process.image, process.pid, verdict);
    if (!asked.empty() && library.state == LibraryFile::State::fits)
        verdict.add(
            {Cause::too_late, Weight::obstacle,
             fmt::format("LD_PRELOAD={} is in its environment, and the library is there and fits: it was not when "
                         "the program started",
                         value),
             "start it anew; if that does not help, LD_DEBUG=libs says what the loader does"});
}

}  // namespace

Verdict judge_process(const Process& process, const std::string& entry)
{
    Verdict verdict;
    if (const auto diagnosis = about_sight(process)) {
        verdict.add(*diagnosis);
        return verdict;
    }
    const std::string loaded = process.mapped_file(host::kLibraryName);
    if (process.image.go || (loaded.empty() && process.program_known)) {
        if (const auto diagnosis = out_of_reach(process.image, process.pid)) {
            verdict.add(*diagnosis);
            return verdict;
        }
    }
    if (loaded.empty() && is_starting(process)) {
        verdict.add({Cause::starting, Weight::doubt,
                     "it is just being started: its loader has not loaded any library yet", "ask again"});
        return verdict;
    }
    if (loaded.empty())
        about_not_loaded(process, entry, verdict);
    else
        about_loaded(process, loaded, verdict);
    if (process.seccomp_filter)
        verdict.add({Cause::seccomp, Weight::remark,
                     "it has a system call filter (Seccomp: 2): if that kills on setsockopt, the program dies where "
                     "kashim sets an option",
                     "if it does, leave it alone by a rule: keepalive = \"leave\""});
    return verdict;
}

}  // namespace kashim::reach
