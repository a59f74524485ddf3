// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Numbers in a file of either byte order. What is not there reads as zero: the formats that this is for give zero no
// meaning of its own.
#pragma once

#include "host/read_at.h"

#include <algorithm>
#include <bit>
#include <string>
#include <string_view>

namespace kashim::reach {

template <typename Number>
Number number_in(std::string_view bytes, std::size_t at, std::endian order)
{
    if (at > bytes.size() || bytes.size() - at < sizeof(Number))
        return 0;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        const std::size_t place = order == std::endian::big ? i : sizeof(Number) - 1 - i;
        number = number << 8 | static_cast<unsigned char>(bytes[at + place]);
    }
    return static_cast<Number>(number);
}

/// At most that many bytes, fewer where there are not so many.
inline std::string bytes_at(const host::ReadAt& read, std::uint64_t offset, std::uint64_t size, std::size_t most)
{
    std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(size, most)), '\0');
    bytes.resize(read(offset, bytes));
    return bytes;
}

/// A part of a file as a file of its own. Borrows the reader of the whole.
inline host::ReadAt part_of(const host::ReadAt& whole, std::uint64_t start, std::uint64_t size)
{
    return [&whole, start, size](std::uint64_t offset, std::span<char> memory) {
        if (offset >= size || start > UINT64_MAX - offset)
            return std::size_t{0};
        return whole(start + offset,
                     memory.first(static_cast<std::size_t>(std::min<std::uint64_t>(memory.size(), size - offset))));
    };
}

}  // namespace kashim::reach
