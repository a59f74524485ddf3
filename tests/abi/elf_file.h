// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <link.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kashim::test {

/// A name in a library's dynamic symbol table.
struct Symbol {
    std::string name;
    std::string version;  ///< "GLIBC_2.2.5"; empty where it has none
    bool defined = false;
    bool function = false;
    bool weak = false;          ///< may be missing, where it is not defined here
    std::uint64_t address = 0;  ///< before relocation

    friend bool operator==(const Symbol&, const Symbol&) = default;
};

/// A shared library of either word size, as the loader sees it: segments and the dynamic section only (elf(5)). What 32-bit
/// ones hold is widened. Everything throws std::runtime_error where the file is not what it should be.
class ElfFile {
public:
    explicit ElfFile(const std::filesystem::path& path);

    /// Of what the loader maps: without debugging information, which a distribution strips later.
    std::size_t mapped_size() const;
    bool wide() const { return wide_; }            ///< 64 bits
    unsigned machine() const { return machine_; }  ///< EM_X86_64 ...

    std::vector<std::string> needed() const;
    std::vector<Symbol> symbols() const;

    /// The value of a tag of the dynamic section (DT_RELACOUNT ...), nothing where it is absent.
    std::optional<std::uint64_t> dynamic(std::int64_t tag) const;

    /// The program header of a type (PT_TLS ...), nothing where there is none.
    std::optional<Elf64_Phdr> segment(std::uint32_t type) const;

    /// How many relocations the loader has to do, those of lazily bound functions included.
    std::size_t relocations() const;

    /// Whether an unwinder finds call frame information for the address: .eh_frame_hdr leads to a frame description
    /// that covers it (Linux Standard Base Core, 10.6).
    bool unwinds_at(std::uint64_t address) const;

private:
    template <typename T>
    T at(std::uint64_t offset) const;
    template <typename Header, typename Segment, typename Dynamic>
    void read(const std::filesystem::path& path);
    template <typename Entry>
    Symbol symbol_at(std::uint64_t address) const;
    std::string_view text_at(std::uint64_t offset) const;
    std::uint64_t offset_of(std::uint64_t address) const;
    std::string_view name_at(std::uint64_t index) const;
    std::size_t symbol_count() const;

    std::string bytes_;
    bool wide_ = true;
    unsigned machine_ = EM_NONE;
    std::vector<Elf64_Phdr> segments_;
    std::vector<Elf64_Dyn> dynamic_;
};

}  // namespace kashim::test
