// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "reach/elf_image.h"

#include "policy/program.h"

#include <elf.h>

#include <algorithm>
#include <array>

namespace kashim::reach {

bool ElfImage::is_loader() const
{
    return interpreter.empty() && (soname.starts_with("ld-linux") || soname.starts_with("ld-musl") ||
                                   soname.starts_with("libc.musl") || soname == "ld64.so.1" || soname == "ld64.so.2");
}

Libc ElfImage::libc() const
{
    if (!is_loaded_dynamically())
        return Libc::none;
    const std::string_view name = interpreter.empty() ? std::string_view(soname) : policy::file_name(interpreter);
    if (name.starts_with("ld-musl") || name.starts_with("libc.musl"))
        return Libc::musl;
    // ld64.so.1 and ld64.so.2 are those of s390x and ppc64; ld.so.1 that of 32-bit powerpc and mips.
    const bool glibc = name.starts_with("ld-linux") || name.starts_with("ld64.so.") || name == "ld.so.1";
    return glibc ? Libc::glibc : Libc::other;
}

bool ElfImage::fits(const ElfImage& other) const
{
    return bits == other.bits && big_endian == other.big_endian && machine == other.machine;
}

std::string ElfImage::architecture() const
{
    struct Row {
        unsigned machine;
        unsigned usual_bits;
        std::string_view name;
    };
    constexpr std::array kKnown = {
        Row{EM_386, 32, "i386"},        Row{EM_X86_64, 64, "x86-64"}, Row{EM_ARM, 32, "arm"},
        Row{EM_AARCH64, 64, "aarch64"}, Row{EM_RISCV, 64, "riscv64"}, Row{EM_PPC64, 64, "ppc64"},
        Row{EM_S390, 64, "s390x"},      Row{EM_MIPS, 32, "mips"},     Row{EM_LOONGARCH, 64, "loongarch64"},
    };
    const auto row = std::find_if(kKnown.begin(), kKnown.end(), [this](const Row& r) { return r.machine == machine; });
    if (row == kKnown.end())
        return std::to_string(bits) + "-bit machine " + std::to_string(machine);
    return row->usual_bits == bits ? std::string(row->name) : std::to_string(bits) + "-bit " + std::string(row->name);
}

}  // namespace kashim::reach
