// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/macho_diagnoses.h"

#include "host/preload.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kashim::reach {
namespace {

constexpr std::string_view kSignAnew =
    "where you may: \"codesign --force --sign - PROGRAM\" signs it anew without that, "
    "and without its entitlements, until it is updated";

std::string_view variable()
{
    return host::kDyldPreload.variable;
}

void about_signature(const CodeSignature& signature, Verdict& verdict)
{
    if (signature.restricted)
        verdict.add({Cause::restricted, Weight::obstacle,
                     fmt::format("its signature has the flag \"restrict\": the loader ignores {}", variable()),
                     std::string(kSignAnew)});
    if (signature.hardened && !signature.allows_variables)
        verdict.add({Cause::hardened, Weight::obstacle,
                     fmt::format("it is signed with the hardened runtime, without the entitlement "
                                 "com.apple.security.cs.allow-dyld-environment-variables: the loader ignores {}",
                                 variable()),
                     std::string(kSignAnew)});
    else if (signature.refuses_foreign())
        verdict.add({Cause::library_validation, Weight::obstacle,
                     "it takes only libraries that Apple or its own team signed (library validation): it would not "
                     "start with this one",
                     fmt::format("sign the library as its team; or, {}", kSignAnew)});
    if (signature.platform)
        verdict.add({Cause::apple, Weight::doubt,
                     fmt::format("it is signed as a part of macOS: whether the system takes {} away from it in this "
                                 "place cannot be told",
                                 variable()),
                     "start it with KASHIM_LOG=info: the library says so when it is loaded"});
    if (signature.sandbox && !signature.ignores_variables() && !signature.refuses_foreign())
        verdict.add({Cause::sandbox, Weight::doubt,
                     "it runs in the App Sandbox: whether it may read the library and the configuration cannot be told",
                     "start it with KASHIM_LOG=info: the library says so when it is loaded"});
}

}  // namespace

void about_slice(const MachSlice& slice, Verdict& verdict)
{
    if (!slice.dynamic)
        verdict.add(
            {Cause::statically_linked, Weight::obstacle, "it asks for no loader that could insert anything", ""});
    if (slice.restricted_section)
        verdict.add({Cause::restricted, Weight::obstacle,
                     fmt::format("it has a section __RESTRICT,__restrict: the loader ignores {}", variable()),
                     "build it without that section"});
    about_signature(slice.signature, verdict);
    if (slice.cpu == MachCpu::arm64 && !slice.signature.present)
        verdict.add({Cause::not_signed, Weight::remark, "it is not signed: no Mac with an Apple processor starts it",
                     "sign it: codesign --sign - PROGRAM"});
}

void about_every_slice(const MachFile& file, Verdict& verdict)
{
    struct Said {
        Diagnosis diagnosis;
        std::string slices;
        std::size_t count = 0;
    };
    std::vector<Said> said;
    std::size_t programs = 0;
    for (const MachSlice& slice : file.slices) {
        if (!slice.program)
            continue;
        ++programs;
        Verdict one;
        about_slice(slice, one);
        for (Diagnosis& diagnosis : one.diagnoses) {
            auto known =
                std::find_if(said.begin(), said.end(), [&](const Said& s) { return s.diagnosis == diagnosis; });
            if (known == said.end())
                known = said.insert(said.end(), {std::move(diagnosis), {}, 0});
            known->slices += (known->slices.empty() ? "" : ", ") + slice.architecture();
            ++known->count;
        }
    }
    for (Said& one : said) {
        if (one.count < programs)
            one.diagnosis.what = fmt::format("as {}: {}", one.slices, one.diagnosis.what);
        verdict.add(std::move(one.diagnosis));
    }
}

void about_library_slices(const MachSlice& slice, const MachFile& library, Verdict& verdict)
{
    const bool fits = std::any_of(library.slices.begin(), library.slices.end(),
                                  [&slice](const MachSlice& other) { return other.library && slice.takes(other); });
    if (fits)
        return;
    verdict.add({slice.is_arm64e() ? Cause::arm64e : Cause::architecture, Weight::obstacle,
                 fmt::format("it runs as {}, and the library is for {}: it would not start with it",
                             slice.architecture(), library.architectures()),
                 slice.is_arm64e() ? "build the program for arm64"
                                   : fmt::format("install a library built for {}", slice.architecture())});
}

bool is_below_protected_folder(std::string_view path)
{
    constexpr std::array<std::string_view, 4> kProtected{"/System/", "/usr/", "/bin/", "/sbin/"};
    // What users and package managers own: /usr/local, and the volume with everything that is not macOS.
    constexpr std::array<std::string_view, 2> kFree{"/usr/local/", "/System/Volumes/Data/"};
    const auto begins = [path](std::string_view folder) { return path.starts_with(folder); };
    return std::any_of(kProtected.begin(), kProtected.end(), begins) &&
           std::none_of(kFree.begin(), kFree.end(), begins);
}

Diagnosis protected_by_system(std::string_view path)
{
    return {Cause::sip, Weight::obstacle,
            fmt::format("{} is part of macOS: System Integrity Protection takes {} away from it and from all that it "
                        "starts",
                        path, variable()),
            "use a copy of the program that does not come with macOS (Homebrew, MacPorts ...)"};
}

}  // namespace kashim::reach
