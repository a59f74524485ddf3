// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// kashim doctor on Linux about programs for macOS: what their files tell.
#include "cli/doctor_support.h"
#include "support/macho.h"

#include <filesystem>
#include <string>

namespace kashim::test {
namespace {

class DoctorMacos : public Doctor {
protected:
    std::string program(const std::string& bytes) const
    {
        write_file(at("app"), bytes);
        std::filesystem::permissions(at("app"), std::filesystem::perms(0755));
        return at("app");
    }
};

std::string elsewhere(const std::string& architectures)
{
    return "  other-system: FOLDER/app is a program for macOS (" + architectures +
           "), which Linux does not run\n      -> ask there: what is said here comes from the file alone\n";
}

TEST_F(DoctorMacos, AProgramThatHasNothingAgainstItIsUnknownHere)
{
    const Signature by_linker{.flags = 0x20002};
    const std::string app =
        program(universal({Slice{.cpu = kX86_64}.bytes(), Slice{.cpu = kArm64, .signatures = {by_linker}}.bytes()}));
    expect({{app}}, 2, "FOLDER/app: unknown\n" + elsewhere("x86_64, arm64"));
}

TEST_F(DoctorMacos, AHardenedProgramIsReachedNowhere)
{
    const std::string app = program(Slice{.signatures = {Signature{.flags = 0x10000}}}.bytes());
    expect({{app}}, 1,
           "FOLDER/app: not reached by a preload\n"
           "  hardened: it is signed with the hardened runtime, without the entitlement "
           "com.apple.security.cs.allow-dyld-environment-variables: the loader ignores DYLD_INSERT_LIBRARIES\n"
           "      -> where you may: \"codesign --force --sign - PROGRAM\" signs it anew without that, and without its "
           "entitlements, until it is updated\n" +
               elsewhere("arm64"));
}

TEST_F(DoctorMacos, ALibraryForMacosIsNoProgram)
{
    const std::string app = program(Slice{.kind = kDylib}.bytes());
    expect({{app}}, 2,
           "FOLDER/app: unknown\n"
           "  format: FOLDER/app is neither a program that Linux runs nor a script\n"
           "      -> name the program itself\n");
}

TEST_F(DoctorMacos, ADamagedProgramIsNoProgram)
{
    const std::string app = program(Slice{}.bytes().substr(0, 50));
    expect({{app}}, 2,
           "FOLDER/app: unknown\n"
           "  format: FOLDER/app is neither a program that Linux runs nor a script\n"
           "      -> name the program itself\n");
}

}  // namespace
}  // namespace kashim::test
