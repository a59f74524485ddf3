// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Programs for macOS, made byte by byte: nothing here runs them, and what matters is in their headers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::test {

inline constexpr std::uint32_t kX86_64 = 0x01000007;
inline constexpr std::uint32_t kArm64 = 0x0100000c;
inline constexpr std::uint32_t kProgram = 2;  // MH_EXECUTE
inline constexpr std::uint32_t kDylib = 6;

/// What a code signature says. The flags are those of a code directory (bsd/sys/codesign.h in xnu).
struct Signature {
    std::uint32_t flags = 0;
    std::uint8_t platform = 0;
    std::string entitlements{};      ///< a property list; none where empty
    std::string der_entitlements{};  ///< the same in DER
};

/// One slice.
struct Slice {
    std::uint32_t cpu = kArm64;
    std::uint32_t subtype = 0;
    std::uint32_t kind = kProgram;
    bool dynamic = true;
    std::string section{};  ///< of a segment __RESTRICT; no such segment where empty
    std::vector<Signature> signatures{};
    bool wide = true;  ///< 64 bits
    bool big_endian = false;

    std::string bytes() const;
};

/// <key>NAME</key><true/> and so on, as codesign(1) embeds them.
std::string entitlement(std::string_view name, bool value = true);

/// A universal file of such slices; wide: with the header for files of more than 4 GiB.
std::string universal(const std::vector<std::string>& slices, bool wide = false);

}  // namespace kashim::test
