// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/verdict.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace kashim::reach {
namespace {

struct CauseText {
    Cause cause;
    std::string_view text;
};
constexpr CauseText kCauses[] = {
    {Cause::statically_linked, "static"},
    {Cause::go, "go"},
    {Cause::setuid, "setuid"},
    {Cause::setgid, "setgid"},
    {Cause::capabilities, "capabilities"},
    {Cause::script, "script"},
    {Cause::cleared, "cleared"},
    {Cause::clears, "clears"},
    {Cause::preload, "preload"},
    {Cause::ld_so_preload, "ld-so-preload"},
    {Cause::asan, "asan"},
    {Cause::libc, "libc"},
    {Cause::php, "php"},
    {Cause::library_missing, "library-missing"},
    {Cause::library_unreadable, "library-unreadable"},
    {Cause::library_noexec, "library-noexec"},
    {Cause::library_unknown, "library-unknown"},
    {Cause::library_broken, "library-broken"},
    {Cause::word_size, "word-size"},
    {Cause::architecture, "architecture"},
    {Cause::not_found, "not-found"},
    {Cause::not_executable, "not-executable"},
    {Cause::script_broken, "script-broken"},
    {Cause::loader_missing, "loader-missing"},
    {Cause::other_system, "other-system"},
    {Cause::unreadable, "unreadable"},
    {Cause::not_a_program, "format"},
    {Cause::restricted, "restricted"},
    {Cause::hardened, "hardened"},
    {Cause::library_validation, "library-validation"},
    {Cause::apple, "apple"},
    {Cause::sandbox, "sandbox"},
    {Cause::not_signed, "unsigned"},
    {Cause::arm64e, "arm64e"},
    {Cause::sip, "sip"},
    {Cause::translated, "translated"},
    {Cause::denied, "denied"},
    {Cause::gone, "gone"},
    {Cause::leaderless, "leaderless"},
    {Cause::starting, "starting"},
    {Cause::no_program, "no-program"},
    {Cause::disabled, "disabled"},
    {Cause::replaced, "replaced"},
    {Cause::loaded, "loaded"},
    {Cause::not_asked, "not-asked"},
    {Cause::not_loaded, "not-loaded"},
    {Cause::secure, "secure"},
    {Cause::too_late, "too-late"},
    {Cause::seccomp, "seccomp"},
    {Cause::configuration, "configuration"},
    {Cause::configuration_unreadable, "configuration-unreadable"},
    {Cause::configuration_errors, "configuration-errors"},
    {Cause::configuration_newer, "configuration-newer"},
    {Cause::compiled_not_used, "compiled-not-used"},
};

constexpr bool in_order()
{
    for (std::size_t i = 0; i < std::size(kCauses); ++i) {
        if (static_cast<std::size_t>(kCauses[i].cause) != i)
            return false;
    }
    return true;
}
static_assert(in_order(), "to_text() looks a cause up by its number");
static_assert(std::size(kCauses) == static_cast<std::size_t>(Cause::compiled_not_used) + 1,
              "the last one has a row too");

}  // namespace

std::string_view to_text(Cause cause)
{
    return kCauses[static_cast<std::size_t>(cause)].text;
}

std::string_view to_text(Reached answer)
{
    switch (answer) {
    case Reached::reached:
        return "reached";
    case Reached::reached_with_remarks:
        return "reached, with remarks";
    case Reached::not_reached:
        return "not reached by a preload";
    case Reached::unknown:
        break;
    }
    return "unknown";
}

Reached Verdict::answer() const
{
    switch (diagnoses.empty() ? Weight::note : diagnoses.front().weight) {
    case Weight::obstacle:
        return Reached::not_reached;
    case Weight::doubt:
        return Reached::unknown;
    case Weight::remark:
        return Reached::reached_with_remarks;
    case Weight::note:
        break;
    }
    return Reached::reached;
}

bool Verdict::has(Cause cause) const
{
    return std::ranges::any_of(diagnoses, [cause](const Diagnosis& one) { return one.cause == cause; });
}

void Verdict::add(Diagnosis diagnosis)
{
    const auto behind = std::find_if(diagnoses.begin(), diagnoses.end(),
                                     [&diagnosis](const Diagnosis& other) { return other.weight > diagnosis.weight; });
    diagnoses.insert(behind, std::move(diagnosis));
}

}  // namespace kashim::reach
