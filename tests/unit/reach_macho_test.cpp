// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/macho_image.h"
#include "support/macho.h"

#include <gtest/gtest.h>

#include <string>

namespace kashim::test {
namespace {

using namespace std::string_literals;
using reach::MachCpu;
using reach::MachFile;

std::optional<MachFile> read(const std::string& bytes)
{
    return reach::read_macho([&bytes](std::uint64_t offset, std::span<char> memory) {
        if (offset >= bytes.size())
            return std::size_t{0};
        return bytes.copy(memory.data(), memory.size(), static_cast<std::size_t>(offset));
    });
}

reach::CodeSignature signature_of(const Signature& signature)
{
    return read(Slice{.signatures = {signature}}.bytes())->slices.at(0).signature;
}

std::string architectures(const std::string& bytes)
{
    const auto file = read(bytes);
    return file ? file->architectures() : "none";
}

TEST(ReachMacho, AProgramOfOneArchitecture)
{
    const auto file = read(Slice{.cpu = kX86_64, .subtype = 3}.bytes());
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->is_program());
    EXPECT_TRUE(file->slices.at(0).dynamic);
    EXPECT_FALSE(file->slices.at(0).restricted_section);
    EXPECT_FALSE(file->slices.at(0).signature.present);
    EXPECT_EQ(file->architectures(), "x86_64");
}

TEST(ReachMacho, ArchitecturesHaveTheNamesThatLipoGivesThem)
{
    EXPECT_EQ(architectures(Slice{.cpu = kArm64}.bytes()), "arm64");
    EXPECT_EQ(architectures(Slice{.cpu = kArm64, .subtype = 2}.bytes()), "arm64e");
    EXPECT_EQ(architectures(Slice{.cpu = kArm64, .subtype = 0x80000002}.bytes()), "arm64e") << "with its capabilities";
    EXPECT_EQ(architectures(Slice{.cpu = kX86_64, .subtype = 8}.bytes()), "x86_64h");
    EXPECT_EQ(architectures(Slice{.cpu = 7, .wide = false}.bytes()), "i386");
    EXPECT_EQ(architectures(Slice{.cpu = 18, .wide = false, .big_endian = true}.bytes()), "ppc");
    EXPECT_EQ(architectures(Slice{.cpu = 0x01000012, .big_endian = true}.bytes()), "ppc64");
    EXPECT_EQ(architectures(Slice{.cpu = 99}.bytes()), "processor 99");
}

TEST(ReachMacho, AUniversalFileHasSlices)
{
    const std::string both = universal({Slice{.cpu = kX86_64}.bytes(), Slice{.cpu = kArm64}.bytes()});
    EXPECT_EQ(architectures(both), "x86_64, arm64");
    EXPECT_EQ(architectures(universal({Slice{.cpu = kArm64}.bytes()}, true)), "arm64") << "the wide header";
    EXPECT_EQ(architectures(universal({"!<arch>\n", Slice{.cpu = kArm64}.bytes()})), "arm64") << "one holds objects";
    EXPECT_EQ(architectures(universal({"!<arch>\n"})), "none");
}

TEST(ReachMacho, AClassFileOfJavaIsNoUniversalFile)
{
    EXPECT_EQ(architectures("\xca\xfe\xba\xbe\0\0\0\x3d"s + std::string(4096, '\1')), "none");
}

TEST(ReachMacho, ALibraryIsNoProgram)
{
    const auto file = read(Slice{.kind = kDylib, .dynamic = false}.bytes());
    ASSERT_TRUE(file);
    EXPECT_FALSE(file->is_program());
    EXPECT_TRUE(file->slices.at(0).library);
}

TEST(ReachMacho, TheSliceThatRunsIsTheMachinesOwnThenRosettas)
{
    const auto file = [](std::vector<Slice> slices) {
        std::vector<std::string> bytes;
        for (const Slice& slice : slices)
            bytes.push_back(slice.bytes());
        return *read(universal(bytes));
    };
    const auto chosen = [](const MachFile& from, MachCpu machine) {
        const auto* const slice = from.for_machine(machine);
        return slice != nullptr ? slice->architecture() : "none";
    };
    const MachFile all = file({{.cpu = kX86_64}, {.cpu = kArm64, .subtype = 2}, {.cpu = kArm64}});
    EXPECT_EQ(chosen(all, MachCpu::arm64), "arm64");
    EXPECT_EQ(chosen(all, MachCpu::x86_64), "x86_64");
    EXPECT_EQ(chosen(file({{.cpu = kX86_64}, {.cpu = kArm64, .subtype = 2}}), MachCpu::arm64), "arm64e");
    EXPECT_EQ(chosen(file({{.cpu = kX86_64}}), MachCpu::arm64), "x86_64");
    EXPECT_EQ(chosen(file({{.cpu = kArm64}}), MachCpu::x86_64), "none");
}

TEST(ReachMacho, ALibraryFitsItsOwnKindAndArm64eIsAKindOfItsOwn)
{
    const auto slice = [](const Slice& made) { return read(made.bytes())->slices.at(0); };
    const auto arm64 = slice({.cpu = kArm64});
    const auto arm64e = slice({.cpu = kArm64, .subtype = 2});
    EXPECT_TRUE(arm64.takes(arm64));
    EXPECT_FALSE(arm64e.takes(arm64));
    EXPECT_FALSE(arm64.takes(arm64e));
    EXPECT_FALSE(arm64.takes(slice({.cpu = kX86_64})));
    EXPECT_TRUE(slice({.cpu = kX86_64, .subtype = 8}).takes(slice({.cpu = kX86_64, .subtype = 3}))) << "x86_64h";
}

TEST(ReachMacho, TheRestrictedSectionIsFoundByBothItsNames)
{
    const auto restricted = [](const Slice& slice) { return read(slice.bytes())->slices.at(0).restricted_section; };
    EXPECT_TRUE(restricted({.section = "__restrict"}));
    EXPECT_TRUE(restricted({.cpu = 7, .section = "__restrict", .wide = false}));
    EXPECT_FALSE(restricted({.section = "__restricted"}));
    EXPECT_FALSE(restricted({}));
}

TEST(ReachMacho, TheFlagsOfTheSignatureAreRead)
{
    EXPECT_TRUE(signature_of({}).present);
    EXPECT_FALSE(signature_of({}).ignores_variables());
    EXPECT_FALSE(signature_of({.flags = 0x20002}).refuses_foreign()) << "signed by the linker, ad hoc";
    EXPECT_TRUE(signature_of({.flags = 0x800}).restricted);
    EXPECT_TRUE(signature_of({.flags = 0x800}).ignores_variables());
    EXPECT_TRUE(signature_of({.flags = 0x10000}).hardened);
    EXPECT_TRUE(signature_of({.flags = 0x10000}).ignores_variables());
    EXPECT_TRUE(signature_of({.flags = 0x2000}).refuses_foreign());
    EXPECT_FALSE(signature_of({.flags = 0x2000}).ignores_variables());
    EXPECT_TRUE(signature_of({.platform = 14}).platform);
}

TEST(ReachMacho, AFlagOfAnyCodeDirectoryCounts)
{
    const auto file = read(Slice{.signatures = {Signature{}, Signature{.flags = 0x10000}}}.bytes());
    EXPECT_TRUE(file->slices.at(0).signature.hardened);
}

TEST(ReachMacho, EntitlementsUndoWhatTheHardenedRuntimeForbids)
{
    constexpr std::uint32_t kRuntime = 0x10000;
    const std::string variables = "com.apple.security.cs.allow-dyld-environment-variables";
    const std::string libraries = "com.apple.security.cs.disable-library-validation";
    EXPECT_FALSE(signature_of({.flags = kRuntime, .entitlements = entitlement(variables)}).ignores_variables());
    EXPECT_TRUE(signature_of({.flags = kRuntime, .entitlements = entitlement(variables)}).refuses_foreign());
    EXPECT_TRUE(signature_of({.flags = kRuntime, .entitlements = entitlement(variables, false)}).ignores_variables());
    EXPECT_TRUE(signature_of({.flags = kRuntime, .entitlements = "<!-- " + variables + " -->"}).ignores_variables());
    EXPECT_FALSE(signature_of({.flags = kRuntime, .entitlements = entitlement(libraries)}).refuses_foreign());
    EXPECT_FALSE(signature_of({.flags = kRuntime, .der_entitlements = "\x0c\x36" + variables + "\x01\x01\xff"})
                     .ignores_variables());
    EXPECT_TRUE(signature_of({.flags = kRuntime, .der_entitlements = "\x0c\x36" + variables + "\x01\x01"s + '\0'})
                    .ignores_variables());
    EXPECT_TRUE(signature_of({.entitlements = entitlement("com.apple.security.app-sandbox")}).sandbox);
}

TEST(ReachMacho, WhatTheKernelWouldRefuseIsNoProgram)
{
    const std::string whole = Slice{.section = "__restrict"}.bytes();
    EXPECT_EQ(architectures(whole.substr(0, 31)), "none") << "the header is cut";
    EXPECT_EQ(architectures(whole.substr(0, 60)), "none") << "the commands are cut";
    std::string small = whole;
    small[36] = 7;  // the size of the first command
    small[37] = 0;
    EXPECT_EQ(architectures(small), "none");
    EXPECT_EQ(architectures(""), "none");
    EXPECT_EQ(architectures("#!/bin/sh\n"), "none");
}

// Each signature may have entitlements of a megabyte, and so many of them took hours.
TEST(ReachMacho, AFileOfManySignaturesIsReadInBoundedTime)
{
    constexpr std::uint32_t kSignatures = 60'000;
    constexpr std::uint32_t kBlobs = 64;
    constexpr std::uint32_t kMebibyte = 1 << 20;
    std::string bytes;
    const auto little = [&bytes](std::uint32_t word) {
        for (int shift = 0; shift < 32; shift += 8)
            bytes += static_cast<char>(word >> shift);
    };
    const auto big = [&bytes](std::uint32_t word) {
        for (int shift = 24; shift >= 0; shift -= 8)
            bytes += static_cast<char>(word >> shift);
    };
    for (const std::uint32_t word : {0xfeedfacfU, kArm64, 0U, kProgram, kSignatures, kSignatures * 16, 0U, 0U})
        little(word);
    for (std::uint32_t i = 0; i < kSignatures; ++i) {
        for (const std::uint32_t word : {0x1dU, 16U, kMebibyte, 2 * kMebibyte})
            little(word);
    }
    bytes.resize(kMebibyte);
    for (const std::uint32_t word : {0xfade0cc0U, 2 * kMebibyte, kBlobs})
        big(word);
    for (std::uint32_t i = 0; i < kBlobs; ++i) {
        big(5);
        big(4096);
    }
    bytes.resize(kMebibyte + 4096);
    big(0xfade7171);
    big(kMebibyte);
    bytes.resize(3 * kMebibyte);

    std::size_t taken = 0;
    const auto file = reach::read_macho([&bytes, &taken](std::uint64_t offset, std::span<char> memory) {
        constexpr std::size_t kEnough = std::size_t{64} << 20;
        if (offset >= bytes.size() || taken > kEnough)
            return std::size_t{0};
        taken += memory.size();
        return bytes.copy(memory.data(), memory.size(), static_cast<std::size_t>(offset));
    });
    EXPECT_TRUE(file);
    EXPECT_LT(taken, 20U * kMebibyte);
}

TEST(ReachMacho, NoCutAndNoFlippedByteDoesHarm)
{
    const Slice slice{
        .section = "__restrict",
        .signatures = {Signature{.flags = 0x10000, .entitlements = entitlement("a"), .der_entitlements = "b"}}};
    const std::string whole = universal({slice.bytes(), Slice{.cpu = kX86_64}.bytes()});
    ASSERT_EQ(architectures(whole), "arm64, x86_64");
    for (std::size_t size = 0; size < whole.size(); ++size)
        read(whole.substr(0, size));
    std::string changed = whole;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        if (whole[at] == 0 && at % 4096 > 512)
            continue;
        for (const char value : {'\0', '\x7f', '\xff'}) {
            changed[at] = value;
            read(changed);
        }
        changed[at] = whole[at];
    }
}

}  // namespace
}  // namespace kashim::test
