// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "host/read_at.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::reach {

enum class Libc : std::uint8_t { none, glibc, musl, other };

/// What an ELF file (elf(5)) says about who will load it and how. Names are the file's own: do not trust them.
struct ElfImage {
    unsigned bits = 0;  ///< 32 or 64
    bool big_endian = false;
    unsigned machine = 0;  ///< EM_X86_64 ...
    bool runs = false;     ///< an executable, position-independent or not; false for objects and core files
    bool dynamic = false;  ///< it has a dynamic section: static-pie has one too
    bool go = false;       ///< built by Go: it makes system calls itself, whether it is static or not

    std::string interpreter{};  ///< PT_INTERP, the program loader; empty where the file is static
    std::string soname{};       ///< DT_SONAME: of a shared library, and of a program loader that is run as a program
    std::vector<std::string> needed{};

    /// Whether a program loader brings it up, which then would preload: it asks for one, or is one.
    bool is_loaded_dynamically() const { return !interpreter.empty() || is_loader(); }

    bool is_loader() const;

    /// By the name of the program loader: ld-linux-* is glibc's, ld-musl-* is musl's.
    Libc libc() const;

    /// Whether one can be loaded into a process of the other.
    bool fits(const ElfImage& other) const;

    /// "x86-64", "i386", "32-bit x86-64" ...; a number where the machine is not known here.
    std::string architecture() const;
};

/// Reads an ELF file. Nothing where it is none, or is cut or malformed where the kernel would notice (ENOEXEC,
/// load_elf_binary in fs/binfmt_elf.c). Bounded in time and memory whatever the file says. Pure.
std::optional<ElfImage> read_elf(const host::ReadAt& read);

}  // namespace kashim::reach
