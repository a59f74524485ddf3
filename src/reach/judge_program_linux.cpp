// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/chain_diagnoses.h"
#include "reach/diagnoses.h"
#include "reach/judge.h"
#include "reach/macho_diagnoses.h"
#include "reach/php.h"

#include <fmt/format.h>

namespace kashim::reach {
namespace {

void about_privileges(const ProgramChain& program, const Starter& starter, bool everywhere, Verdict& verdict)
{
    const Privileges privileges = privileges_of(program.file);
    if (!privileges.any())
        return;
    const Right right = right_of(privileges, starter);
    const bool secure = privileges.secure_for(starter);
    if (secure && everywhere)
        verdict.add({right.cause, Weight::note,
                     right.what +
                         ": the loader ignores LD_PRELOAD in it, and kashim every variable; /etc/ld.so.preload "
                         "and the system's configuration count",
                     ""});
    else if (secure)
        verdict.add({right.cause, Weight::obstacle, right.what + ": the loader ignores LD_PRELOAD in it",
                     "write the library's whole path into /etc/ld.so.preload, or " + guard(0)});
    else
        verdict.add({right.cause, Weight::remark,
                     right.what + fmt::format(": started by {} it is reached, by most others not, because the loader "
                                              "ignores LD_PRELOAD where a program gives rights",
                                              user_name(starter.uid)),
                     "for the others write the library's whole path into /etc/ld.so.preload"});
}

void about_php_extensions(const ProgramChain& program, Verdict& verdict)
{
    constexpr std::size_t kMostPhp = std::size_t{64} << 20;
    if (policy::file_name(program.facts.executable).find("php") == std::string_view::npos)
        return;
    host::FileEntry file = host::Root().find(program.facts.executable);
    const std::string folder = php_extension_folder(file.start(kMostPhp));
    if (!binds_deep(folder))
        return;
    if (const auto extensions = escaping_extensions(folder, host::Root()); !extensions.empty())
        verdict.add(about_php(extensions, fmt::format("found in {}", folder)));
}

}  // namespace

Verdict judge_program(const ProgramChain& program, const Starter& starter, const std::string& entry, Depth depth)
{
    Verdict verdict;
    about_chain(program, verdict);
    if (program.broken) {
        verdict.add({program.broken->cause, Weight::doubt, program.broken->what, program.broken->remedy});
        if (program.mach)
            about_every_slice(*program.mach, verdict);
        return verdict;
    }
    if (const auto diagnosis = out_of_reach(program.image, 0)) {
        verdict.add(*diagnosis);
        return verdict;
    }
    const host::Root root;
    const auto everywhere = preloaded_into_everything(program.image, root);
    if (everywhere)
        verdict.add(
            {Cause::ld_so_preload, Weight::note,
             fmt::format("/etc/ld.so.preload holds {}: it is loaded into this program without LD_PRELOAD", *everywhere),
             ""});
    else if (!entry.empty())
        about_library(find_library(entry, program.image, root, std::nullopt), entry, program.image, 0, verdict);
    about_image(program.image, verdict);
    about_privileges(program, starter, everywhere.has_value(), verdict);
    if (program.preload_cleared && !everywhere)
        verdict.add({Cause::cleared, Weight::obstacle, "env takes LD_PRELOAD away before it starts the program",
                     fmt::format("name LD_PRELOAD={} behind that env, or write the library's whole path into "
                                 "/etc/ld.so.preload",
                                 entry)});
    if (policy::file_name(program.facts.executable) == "sudo")
        verdict.add({Cause::clears, Weight::remark, "what sudo starts does not get LD_PRELOAD: sudo takes it away",
                     "put it behind sudo: sudo kashim run PROGRAM, or sudo env LD_PRELOAD=... PROGRAM"});
    if (depth == Depth::everything)
        about_php_extensions(program, verdict);
    if (verdict.answer() <= Reached::reached_with_remarks && !everywhere && !entry.empty())
        verdict.add({Cause::preload, Weight::note, fmt::format("LD_PRELOAD={} loads the library into it", entry),
                     "\"kashim run\" sets that"});
    return verdict;
}

}  // namespace kashim::reach
