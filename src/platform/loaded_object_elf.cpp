// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "platform/loaded_object_elf.h"

#include <elf.h>

#include <cstdint>
#include <cstring>

namespace kashim::platform {
namespace {

using Address = ElfW(Addr);

constexpr ElfW(Half) kHiddenVersion = 0x8000;

std::uint32_t gnu_hash(std::string_view name)
{
    std::uint32_t hash = 5381;
    for (const char c : name)
        hash = hash * 33 + static_cast<unsigned char>(c);
    return hash;
}

std::uint32_t system_v_hash(std::string_view name)
{
    std::uint32_t hash = 0;
    for (const char c : name) {
        hash = (hash << 4) + static_cast<unsigned char>(c);
        hash ^= (hash & 0xf0000000) >> 24;
        hash &= 0x0fffffff;
    }
    return hash;
}

bool is_exported_function(const ElfW(Sym) & symbol)
{
    // The same bits in both word sizes.
    const unsigned type = ELF64_ST_TYPE(symbol.st_info);
    const unsigned binding = ELF64_ST_BIND(symbol.st_info);
    return symbol.st_shndx != SHN_UNDEF && (type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE) &&
           (binding == STB_GLOBAL || binding == STB_WEAK || binding == STB_GNU_UNIQUE);
}

}  // namespace

/// Addresses in this process; 0 for what there is not.
struct LoadedObject::Tables {
    Address symbols = 0;
    Address names = 0;
    Address hash = 0;
    Address gnu_hash = 0;
    Address versions = 0;
};

bool LoadedObject::holds(Address address, Address size, ElfW(Word) permissions) const
{
    for (const ElfW(Phdr) & segment : segments_) {
        const Address offset = address - (base_ + segment.p_vaddr);
        if (segment.p_type == PT_LOAD && (segment.p_flags & permissions) == permissions && offset < segment.p_memsz &&
            size <= segment.p_memsz - offset)
            return true;
    }
    return false;
}

bool LoadedObject::holds(Address address) const
{
    return holds(address, 1, 0);
}

template <typename T>
bool LoadedObject::read(Address address, T& value) const
{
    if (!holds(address, sizeof value, PF_R))
        return false;
    std::memcpy(&value, reinterpret_cast<const void*>(address), sizeof value);
    return true;
}

// glibc writes the addresses of this process over those of the file; musl does not, and nobody does in the vDSO.
Address LoadedObject::mapped(Address pointer) const
{
    return holds(pointer) ? pointer : base_ + pointer;
}

LoadedObject::Tables LoadedObject::tables() const
{
    Tables tables;
    for (const ElfW(Phdr) & segment : segments_) {
        if (segment.p_type != PT_DYNAMIC)
            continue;
        ElfW(Dyn) entry{};
        for (Address at = base_ + segment.p_vaddr; read(at, entry) && entry.d_tag != DT_NULL; at += sizeof entry) {
            Address* const table = entry.d_tag == DT_SYMTAB     ? &tables.symbols
                                   : entry.d_tag == DT_STRTAB   ? &tables.names
                                   : entry.d_tag == DT_HASH     ? &tables.hash
                                   : entry.d_tag == DT_GNU_HASH ? &tables.gnu_hash
                                   : entry.d_tag == DT_VERSYM   ? &tables.versions
                                                                : nullptr;
            if (table != nullptr)
                *table = mapped(entry.d_un.d_ptr);
        }
    }
    return tables;
}

bool LoadedObject::is_text(Address address, std::string_view text) const
{
    char c = 0;
    for (const char wanted : text) {
        if (!read(address++, c) || c != wanted)
            return false;
    }
    return read(address, c) && c == '\0';
}

std::optional<LoadedObject::Function> LoadedObject::symbol(const Tables& tables, Address index,
                                                           std::string_view name) const
{
    ElfW(Sym) symbol{};
    if (!read(tables.symbols + index * sizeof symbol, symbol) || !is_exported_function(symbol) ||
        !is_text(tables.names + symbol.st_name, name))
        return std::nullopt;
    ElfW(Half) version = 0;
    if (tables.versions != 0 &&
        (!read(tables.versions + index * sizeof version, version) || (version & kHiddenVersion) != 0))
        return std::nullopt;
    const Address address = base_ + symbol.st_value;
    if (!holds(address, 1, PF_X))
        return std::nullopt;
    return Function{address, ELF64_ST_TYPE(symbol.st_info) == STT_GNU_IFUNC};
}

// A header, a Bloom filter (which only saves time), buckets that name the first symbol of a chain, and for each symbol
// its hash, whose lowest bit ends the chain (glibc, elf/dl-lookup.c).
std::optional<LoadedObject::Function> LoadedObject::by_gnu_hash(const Tables& tables, std::string_view name) const
{
    struct Header {
        std::uint32_t buckets, first, bloom_words, bloom_shift;
    } header{};
    if (!read(tables.gnu_hash, header) || header.buckets == 0)
        return std::nullopt;
    const std::uint32_t hash = gnu_hash(name);
    const Address buckets = tables.gnu_hash + sizeof header + Address{header.bloom_words} * sizeof(Address);
    const Address hashes = buckets + Address{header.buckets} * sizeof hash;
    std::uint32_t start = 0;
    if (!read(buckets + Address{hash % header.buckets} * sizeof start, start) || start < header.first)
        return std::nullopt;
    std::uint32_t found = 0;
    for (Address index = start; read(hashes + (index - header.first) * sizeof found, found); ++index) {
        if ((found | 1) == (hash | 1)) {
            if (const auto function = symbol(tables, index, name))
                return function;
        }
        if ((found & 1) != 0)
            break;
    }
    return std::nullopt;
}

// The number of buckets and of symbols, the buckets, and for each symbol the next one of its chain; 0 ends it.
std::optional<LoadedObject::Function> LoadedObject::by_hash(const Tables& tables, std::string_view name) const
{
    struct Header {
        std::uint32_t buckets, symbols;
    } header{};
    if (!read(tables.hash, header) || header.buckets == 0)
        return std::nullopt;
    const Address buckets = tables.hash + sizeof header;
    const Address chains = buckets + Address{header.buckets} * sizeof(std::uint32_t);
    std::uint32_t index = 0;
    bool there = read(buckets + Address{system_v_hash(name) % header.buckets} * sizeof index, index);
    // A damaged chain may run in a circle.
    for (std::uint32_t steps = 0; there && index != 0 && steps < header.symbols; ++steps) {
        if (const auto function = symbol(tables, index, name))
            return function;
        there = read(chains + Address{index} * sizeof index, index);
    }
    return std::nullopt;
}

std::optional<LoadedObject::Function> LoadedObject::function(std::string_view name) const
{
    const Tables found = tables();
    if (found.symbols == 0 || found.names == 0)
        return std::nullopt;
    if (found.gnu_hash != 0)
        return by_gnu_hash(found, name);
    return found.hash != 0 ? by_hash(found, name) : std::nullopt;
}

}  // namespace kashim::platform
