// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "abi/elf_file.h"

#include "support/process.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <stdexcept>

namespace kashim::test {

ElfFile::ElfFile(const std::filesystem::path& path) : bytes_(read_file(path))
{
    const auto identity = at<std::array<unsigned char, EI_NIDENT>>(0);
    if (std::memcmp(identity.data(), ELFMAG, SELFMAG) != 0)
        throw std::runtime_error(path.string() + " is no shared library");
    wide_ = identity[EI_CLASS] == ELFCLASS64;
    if (wide_)
        read<Elf64_Ehdr, Elf64_Phdr, Elf64_Dyn>(path);
    else
        read<Elf32_Ehdr, Elf32_Phdr, Elf32_Dyn>(path);
}

template <typename Header, typename Segment, typename Dynamic>
void ElfFile::read(const std::filesystem::path& path)
{
    const auto header = at<Header>(0);
    if (header.e_type != ET_DYN)
        throw std::runtime_error(path.string() + " is no shared library");
    machine_ = header.e_machine;
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        const auto narrow = at<Segment>(header.e_phoff + i * sizeof(Segment));
        segments_.push_back({narrow.p_type, narrow.p_flags, narrow.p_offset, narrow.p_vaddr, narrow.p_paddr,
                             narrow.p_filesz, narrow.p_memsz, narrow.p_align});
    }
    const auto dynamic = segment(PT_DYNAMIC);
    if (!dynamic)
        throw std::runtime_error(path.string() + " has no dynamic section");
    for (std::uint64_t i = 0; i < dynamic->p_filesz / sizeof(Dynamic); ++i) {
        const auto narrow = at<Dynamic>(dynamic->p_offset + i * sizeof(Dynamic));
        dynamic_.push_back({narrow.d_tag, {narrow.d_un.d_val}});
        if (narrow.d_tag == DT_NULL)
            break;
    }
}

std::vector<std::string> ElfFile::needed() const
{
    std::vector<std::string> names;
    for (const Elf64_Dyn& entry : dynamic_) {
        if (entry.d_tag == DT_NEEDED)
            names.emplace_back(name_at(entry.d_un.d_val));
    }
    return names;
}

std::vector<Symbol> ElfFile::symbols() const
{
    // Version numbers stand beside the symbols; what they are called is told by the list of needed versions. Both look the
    // same in both word sizes.
    std::map<unsigned, std::string> versions;
    auto verneed = dynamic(DT_VERNEED);
    for (std::uint64_t i = 0; verneed && i < dynamic(DT_VERNEEDNUM).value_or(0); ++i) {
        const auto need = at<Elf64_Verneed>(offset_of(*verneed));
        std::uint64_t aux_address = *verneed + need.vn_aux;
        for (unsigned j = 0; j < need.vn_cnt; ++j) {
            const auto aux = at<Elf64_Vernaux>(offset_of(aux_address));
            versions[aux.vna_other] = name_at(aux.vna_name);
            aux_address += aux.vna_next;
        }
        *verneed += need.vn_next;
    }
    const auto versym = dynamic(DT_VERSYM);
    const auto table = dynamic(DT_SYMTAB).value();

    std::vector<Symbol> symbols;
    for (std::size_t i = 1; i < symbol_count(); ++i) {
        Symbol symbol = wide_ ? symbol_at<Elf64_Sym>(table + i * sizeof(Elf64_Sym))
                              : symbol_at<Elf32_Sym>(table + i * sizeof(Elf32_Sym));
        if (versym) {
            const unsigned number = at<Elf64_Versym>(offset_of(*versym + i * sizeof(Elf64_Versym))) & 0x7fffu;
            if (number > VER_NDX_GLOBAL)
                symbol.version = versions.contains(number) ? versions[number] : "defined here";
        }
        if (!symbol.name.empty())  // sections have symbols on some machines, without a name
            symbols.push_back(std::move(symbol));
    }
    return symbols;
}

template <typename Entry>
Symbol ElfFile::symbol_at(std::uint64_t address) const
{
    const auto entry = at<Entry>(offset_of(address));
    Symbol symbol;
    symbol.name = name_at(entry.st_name);
    symbol.defined = entry.st_shndx != SHN_UNDEF;
    symbol.function = ELF64_ST_TYPE(entry.st_info) == STT_FUNC;  // the same bits in both word sizes
    symbol.weak = ELF64_ST_BIND(entry.st_info) == STB_WEAK;
    symbol.address = entry.st_value;
    return symbol;
}

std::optional<std::uint64_t> ElfFile::dynamic(std::int64_t tag) const
{
    for (const Elf64_Dyn& entry : dynamic_) {
        if (entry.d_tag == tag)
            return entry.d_un.d_val;
    }
    return std::nullopt;
}

std::optional<Elf64_Phdr> ElfFile::segment(std::uint32_t type) const
{
    for (const Elf64_Phdr& header : segments_) {
        if (header.p_type == type)
            return header;
    }
    return std::nullopt;
}

std::size_t ElfFile::mapped_size() const
{
    std::uint64_t end = 0;
    for (const Elf64_Phdr& header : segments_) {
        if (header.p_type == PT_LOAD)
            end = std::max(end, header.p_offset + header.p_filesz);
    }
    return end;
}

std::size_t ElfFile::relocations() const
{
    const bool addends = dynamic(DT_RELA).has_value() || dynamic(DT_PLTREL) == DT_RELA;
    const std::size_t words = addends ? 3 : 2;
    const std::size_t one = words * (wide_ ? sizeof(Elf64_Addr) : sizeof(Elf32_Addr));
    const std::uint64_t bytes = dynamic(addends ? DT_RELASZ : DT_RELSZ).value_or(0) + dynamic(DT_PLTRELSZ).value_or(0);
    return bytes / one;
}

bool ElfFile::unwinds_at(std::uint64_t address) const
{
    constexpr unsigned char kSigned4 = 0x0b, kUnsigned4 = 0x03, kTableRelative = 0x30;
    const auto header = segment(PT_GNU_EH_FRAME);
    if (!header)
        return false;
    const std::uint64_t base = header->p_offset;
    if (at<unsigned char>(base) != 1 || at<unsigned char>(base + 2) != kUnsigned4 ||
        at<unsigned char>(base + 3) != (kTableRelative | kSigned4))
        throw std::runtime_error(".eh_frame_hdr is not encoded as every linker does it");
    const auto count = at<std::uint32_t>(base + 8);
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint64_t entry = base + 12 + i * 8;
        const std::uint64_t first = header->p_vaddr + static_cast<std::uint64_t>(at<std::int32_t>(entry));
        const std::uint64_t frame = header->p_vaddr + static_cast<std::uint64_t>(at<std::int32_t>(entry + 4));
        // A frame description: length, distance to its CIE, first address, number of bytes covered; each 4 bytes.
        const std::uint64_t begin_field = frame + 8;
        const std::uint64_t begin = begin_field + static_cast<std::uint64_t>(at<std::int32_t>(offset_of(begin_field)));
        if (begin != first)
            throw std::runtime_error("the frame descriptions are not encoded relative to themselves, in 4 bytes");
        if (address >= begin && address < begin + at<std::uint32_t>(offset_of(frame + 12)))
            return true;
    }
    return false;
}

template <typename T>
T ElfFile::at(std::uint64_t offset) const
{
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T))
        throw std::runtime_error("a place beyond the end of the file");
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
}

std::string_view ElfFile::text_at(std::uint64_t offset) const
{
    if (offset >= bytes_.size() || bytes_.find('\0', offset) == std::string::npos)
        throw std::runtime_error("a text beyond the end of the file");
    return bytes_.c_str() + offset;
}

std::uint64_t ElfFile::offset_of(std::uint64_t address) const
{
    for (const Elf64_Phdr& header : segments_) {
        if (header.p_type == PT_LOAD && address >= header.p_vaddr && address - header.p_vaddr < header.p_filesz)
            return header.p_offset + (address - header.p_vaddr);
    }
    throw std::runtime_error("an address in no segment");
}

std::string_view ElfFile::name_at(std::uint64_t index) const
{
    return text_at(offset_of(dynamic(DT_STRTAB).value()) + index);
}

std::size_t ElfFile::symbol_count() const
{
    if (const auto hash = dynamic(DT_HASH))
        return at<std::uint32_t>(offset_of(*hash) + 4);
    // DT_GNU_HASH does not say: it is the last symbol of the last chain, plus one.
    const std::uint64_t table = offset_of(dynamic(DT_GNU_HASH).value());
    const auto buckets = at<std::uint32_t>(table);
    const auto first = at<std::uint32_t>(table + 4);
    const auto words = at<std::uint32_t>(table + 8);
    const std::uint64_t bucket = table + 16 + words * (wide_ ? sizeof(Elf64_Addr) : sizeof(Elf32_Addr));
    const std::uint64_t chain = bucket + buckets * 4;
    std::uint32_t last = 0;
    for (std::uint32_t i = 0; i < buckets; ++i)
        last = std::max(last, at<std::uint32_t>(bucket + i * 4));
    if (last < first)
        return first;
    while ((at<std::uint32_t>(chain + (last - first) * 4) & 1) == 0)
        ++last;
    return last + 1;
}

}  // namespace kashim::test
