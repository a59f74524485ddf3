// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#include "host/auxv.h"

#include <elf.h>

#include <cstring>

namespace kashim::host {
namespace {

template <typename Word>
std::optional<std::uint64_t> value_of(std::string_view bytes, std::uint64_t type)
{
    struct Entry {
        Word type;
        Word value;
    };
    for (std::size_t at = 0; at + sizeof(Entry) <= bytes.size(); at += sizeof(Entry)) {
        Entry entry;
        std::memcpy(&entry, bytes.data() + at, sizeof entry);
        if (entry.type == AT_NULL)
            break;
        if (entry.type == type)
            return entry.value;
    }
    return std::nullopt;
}

// The page size is always there. Read with the wrong word size, its place holds something else: half of a pair, or two.
template <typename Word>
bool fits(std::string_view bytes)
{
    const std::uint64_t page = value_of<Word>(bytes, AT_PAGESZ).value_or(0);
    return page >= 4096 && page <= 1048576 && (page & (page - 1)) == 0;
}

}  // namespace

std::optional<std::uint64_t> AuxiliaryVector::operator[](std::uint64_t type) const
{
    return fits<std::uint64_t>(bytes) ? value_of<std::uint64_t>(bytes, type) : value_of<std::uint32_t>(bytes, type);
}

}  // namespace kashim::host
