// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/macho_diagnoses.h"
#include "support/macho.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace kashim::reach {

void PrintTo(const Diagnosis& diagnosis, std::ostream* stream)
{
    *stream << to_text(diagnosis.cause) << ": " << diagnosis.what << " -> " << diagnosis.remedy;
}

}  // namespace kashim::reach

namespace kashim::test {
namespace {

using reach::Diagnosis;
using reach::MachFile;
using reach::Weight;
using Diagnoses = std::vector<Diagnosis>;

MachFile file_of(const std::vector<Slice>& slices)
{
    std::vector<std::string> bytes;
    for (const Slice& slice : slices)
        bytes.push_back(slice.bytes());
    const std::string whole = universal(bytes);
    return *reach::read_macho([&whole](std::uint64_t offset, std::span<char> memory) {
        return offset < whole.size() ? whole.copy(memory.data(), memory.size(), static_cast<std::size_t>(offset)) : 0;
    });
}

Diagnoses about(const Slice& slice)
{
    reach::Verdict verdict;
    about_slice(file_of({slice}).slices.at(0), verdict);
    return verdict.diagnoses;
}

const std::string kSignAnew = "where you may: \"codesign --force --sign - PROGRAM\" signs it anew without that, and "
                              "without its entitlements, until it is updated";
const std::string kVariables = "com.apple.security.cs.allow-dyld-environment-variables";

TEST(ReachMachoFindings, AProgramThatIsSignedByTheLinkerHasNothingAgainstIt)
{
    EXPECT_EQ(about({.signatures = {{.flags = 0x20002}}}), Diagnoses{});
    EXPECT_EQ(about({.cpu = kX86_64}), Diagnoses{}) << "on an Intel processor nothing need be signed";
}

TEST(ReachMachoFindings, TheHardenedRuntimeIsNamedWithItsEntitlement)
{
    EXPECT_EQ(about({.signatures = {{.flags = 0x10000}}}),
              (Diagnoses{{reach::Cause::hardened, Weight::obstacle,
                          "it is signed with the hardened runtime, without the entitlement " + kVariables +
                              ": the loader ignores DYLD_INSERT_LIBRARIES",
                          kSignAnew}}));
}

TEST(ReachMachoFindings, AHardenedProgramThatTakesVariablesMayStillRefuseTheLibrary)
{
    const Diagnosis refused{reach::Cause::library_validation, Weight::obstacle,
                            "it takes only libraries that Apple or its own team signed (library validation): it would "
                            "not start with this one",
                            "sign the library as its team; or, " + kSignAnew};
    EXPECT_EQ(about({.signatures = {{.flags = 0x10000, .entitlements = entitlement(kVariables)}}}), Diagnoses{refused});
    EXPECT_EQ(about({.signatures = {{.flags = 0x2000}}}), Diagnoses{refused});
    EXPECT_EQ(
        about({.signatures = {{.flags = 0x10000,
                               .entitlements = entitlement(kVariables) +
                                               entitlement("com.apple.security.cs.disable-library-validation")}}}),
        Diagnoses{});
}

TEST(ReachMachoFindings, ARestrictedProgramIsNamedByWhatRestrictsIt)
{
    EXPECT_EQ(about({.section = "__restrict", .signatures = {{}}}),
              (Diagnoses{{reach::Cause::restricted, Weight::obstacle,
                          "it has a section __RESTRICT,__restrict: the loader ignores DYLD_INSERT_LIBRARIES",
                          "build it without that section"}}));
    EXPECT_EQ(
        about({.signatures = {{.flags = 0x800}}}),
        (Diagnoses{{reach::Cause::restricted, Weight::obstacle,
                    "its signature has the flag \"restrict\": the loader ignores DYLD_INSERT_LIBRARIES", kSignAnew}}));
}

TEST(ReachMachoFindings, WhatOnlyTheSystemDecidesIsADoubt)
{
    const std::string remedy = "start it with KASHIM_LOG=info: the library says so when it is loaded";
    EXPECT_EQ(
        about({.signatures = {{.platform = 14}}}),
        (Diagnoses{{reach::Cause::apple, Weight::doubt,
                    "it is signed as a part of macOS: whether the system takes DYLD_INSERT_LIBRARIES away from it "
                    "in this place cannot be told",
                    remedy}}));
    EXPECT_EQ(about({.signatures = {{.entitlements = entitlement("com.apple.security.app-sandbox")}}}),
              (Diagnoses{{reach::Cause::sandbox, Weight::doubt,
                          "it runs in the App Sandbox: whether it may read the library and the configuration cannot be "
                          "told",
                          remedy}}));
}

TEST(ReachMachoFindings, AnUnsignedProgramDoesNotStartOnAnAppleProcessor)
{
    EXPECT_EQ(about({}), (Diagnoses{{reach::Cause::not_signed, Weight::remark,
                                     "it is not signed: no Mac with an Apple processor starts it",
                                     "sign it: codesign --sign - PROGRAM"}}));
}

TEST(ReachMachoFindings, WhatOnlyOneSliceHasIsSaidWithItsName)
{
    reach::Verdict verdict;
    about_every_slice(file_of({{.cpu = kX86_64, .signatures = {{.flags = 0x2000}}},
                               {.cpu = kArm64, .signatures = {{.flags = 0x2800}}}}),
                      verdict);
    ASSERT_EQ(verdict.diagnoses.size(), 2u);
    EXPECT_EQ(verdict.diagnoses[0].cause, reach::Cause::library_validation) << "which both have";
    EXPECT_EQ(verdict.diagnoses[1].what,
              "as arm64: its signature has the flag \"restrict\": the loader ignores DYLD_INSERT_LIBRARIES");
}

TEST(ReachMachoFindings, ALibraryWithoutTheSliceWouldKeepTheProgramFromStarting)
{
    const MachFile library = file_of({{.cpu = kX86_64, .kind = kDylib}, {.cpu = kArm64, .kind = kDylib}});
    const auto about_library = [&library](const Slice& slice) {
        reach::Verdict verdict;
        about_library_slices(file_of({slice}).slices.at(0), library, verdict);
        return verdict.diagnoses;
    };
    EXPECT_EQ(about_library({.cpu = kArm64}), Diagnoses{});
    EXPECT_EQ(about_library({.cpu = kX86_64, .subtype = 8}), Diagnoses{});
    EXPECT_EQ(about_library({.cpu = kArm64, .subtype = 2}),
              (Diagnoses{{reach::Cause::arm64e, Weight::obstacle,
                          "it runs as arm64e, and the library is for x86_64, arm64: it would not start with it",
                          "build the program for arm64"}}));
    EXPECT_EQ(about_library({.cpu = 7, .wide = false}),
              (Diagnoses{{reach::Cause::architecture, Weight::obstacle,
                          "it runs as i386, and the library is for x86_64, arm64: it would not start with it",
                          "install a library built for i386"}}));
}

TEST(ReachMachoFindings, TheFoldersOfTheSystemAreProtectedAndTheUsersAreNot)
{
    for (const char* path : {"/bin/sh", "/sbin/ping", "/usr/bin/curl", "/usr/libexec/x", "/System/Applications/x"})
        EXPECT_TRUE(reach::is_below_protected_folder(path)) << path;
    for (const char* path : {"/usr/local/bin/x", "/opt/homebrew/bin/x", "/Applications/x", "/Users/a/bin/sh", "/binary",
                             "/System/Volumes/Data/Users/a/x", ""})
        EXPECT_FALSE(reach::is_below_protected_folder(path)) << path;
}

TEST(ReachMachoFindings, AProtectedProgramIsNamedWithWhatProtectsIt)
{
    EXPECT_EQ(reach::protected_by_system("/usr/bin/env"),
              (Diagnosis{reach::Cause::sip, Weight::obstacle,
                         "/usr/bin/env is part of macOS: System Integrity Protection takes DYLD_INSERT_LIBRARIES away "
                         "from it and from all that it starts",
                         "use a copy of the program that does not come with macOS (Homebrew, MacPorts ...)"}));
}

}  // namespace
}  // namespace kashim::test
