// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "host/read_at.h"

#include <optional>
#include <string>
#include <vector>

namespace kashim::reach {

/// cpu_type_t of a Mach-O file (mach/machine.h in xnu).
enum class MachCpu : std::uint32_t {
    unknown = 0,
    i386 = 7,
    powerpc = 18,
    x86_64 = 0x01000007,
    arm64 = 0x0100000c,
    powerpc64 = 0x01000012,
};

/// What the signature of a program (LC_CODE_SIGNATURE) asks of the system that runs it.
struct CodeSignature {
    bool present = false;
    bool platform = false;            ///< signed as part of macOS itself (CodeDirectory.platform)
    bool restricted = false;          ///< CS_RESTRICT: the loader ignores DYLD_ variables
    bool hardened = false;            ///< CS_RUNTIME, the hardened runtime
    bool library_validation = false;  ///< CS_REQUIRE_LV: libraries of Apple and of its own team only

    // Entitlements, those that are true.
    bool allows_variables = false;  ///< com.apple.security.cs.allow-dyld-environment-variables
    bool any_library = false;       ///< com.apple.security.cs.disable-library-validation
    bool sandbox = false;           ///< com.apple.security.app-sandbox

    /// Whether it ignores DYLD_ variables; whether a library that anybody signed cannot be loaded into it. The hardened
    /// runtime means library validation too.
    bool ignores_variables() const { return restricted || (hardened && !allows_variables); }
    bool refuses_foreign() const { return (hardened || library_validation) && !any_library; }
};

/// The part of a Mach-O file for one architecture.
struct MachSlice {
    MachCpu cpu = MachCpu::unknown;
    unsigned subtype = 0;             ///< without the bits for its capabilities
    bool program = false;             ///< MH_EXECUTE; not a library, a bundle, an object
    bool library = false;             ///< MH_DYLIB
    bool dynamic = false;             ///< it asks for a loader (LC_LOAD_DYLINKER)
    bool restricted_section = false;  ///< __RESTRICT,__restrict: the loader ignores DYLD_ variables
    CodeSignature signature;

    /// ARM64 with signed pointers: another ABI, for which a library needs a slice of its own.
    bool is_arm64e() const;

    /// Whether a library's slice can be loaded into a process of this one.
    bool takes(const MachSlice& other) const;

    /// "x86_64", "arm64", "arm64e" ...; a number where it is not known here.
    std::string architecture() const;
};

/// A Mach-O file, universal (with several slices) or of one architecture.
struct MachFile {
    std::vector<MachSlice> slices;

    bool is_program() const;

    /// "x86_64, arm64"
    std::string architectures() const;

    /// The slice that a Mac with this processor runs: its own kind, of arm64 before arm64e, or by Rosetta that of
    /// x86_64. Null where there is none.
    const MachSlice* for_machine(MachCpu machine) const;
};

/// Reads a Mach-O file. Nothing where it is none, or cut or malformed where the kernel would notice (parse_machfile in
/// bsd/kern/mach_loader.c of xnu). Bounded in time and memory whatever the file says. Pure.
std::optional<MachFile> read_macho(const host::ReadAt& read);

/// Reads what LC_CODE_SIGNATURE points to (bsd/sys/codesign.h, osfmk/kern/cs_blobs.h in xnu). Whether it is valid is not
/// looked at. Pure.
CodeSignature read_code_signature(const host::ReadAt& read);

}  // namespace kashim::reach
