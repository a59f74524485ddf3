// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What of starting a program differs between the systems: native_linux.cpp, native_darwin.cpp.
#pragma once

#include "reach/elf_image.h"
#include "reach/macho_image.h"
#include "reach/shebang.h"

#include <optional>
#include <string>

namespace kashim::reach {

/// What a file that is no script is to this system.
struct Native {
    bool runs = false;             ///< it is a program, for some processor
    std::string foreign{};         ///< what it is elsewhere: "a program for macOS (x86_64, arm64)"; else empty
    ElfImage image{};              ///< of a program that runs on Linux
    std::optional<MachFile> mach;  ///< of any Mach-O program, wherever it is asked about
};
Native look_at_native(const host::ReadAt& read);

/// How the kernel reads scripts.
const ShebangRules& shebang_rules();

}  // namespace kashim::reach
