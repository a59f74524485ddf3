// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/table.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace kashim::policy {

/// What tells one state of a file from every other that it had or will have: the kernel sets the time of the last change
/// (ctime) whatever is done to the file, and nobody can set it back. A copy, a restored backup and an unpacked archive
/// have another one. See shows_every_change() for where this is so.
struct FileState {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t modified = 0;  ///< ns since 1970
    std::int64_t changed = 0;   ///< ns since 1970

    friend bool operator==(const FileState&, const FileState&) = default;
};

/// Whether whatever is done to a file in this state from now on gives it another one. now: what the clock of its file
/// system says, ns since 1970. Never where the time of the last change is a whole second: file systems that count seconds
/// have such times, and those that are made as one piece, and again for the next version of a device (squashfs, erofs, an
/// image of ext4). There another file may have the same number, size and times.
bool shows_every_change(const FileState& state, std::int64_t now);

/// The first bytes of a compiled configuration; the Table stands behind them. It says what it was made of: the state of
/// the file, where that could be had, and its text. Whoever finds either of them as it is here may use the table.
struct CompiledHead {
    static constexpr std::array<char, 8> kMagic{'k', 'a', 's', 'h', 'i', 'm', '\r', '\n'};

    std::array<char, 8> magic = kMagic;
    std::uint64_t reader = 0;        ///< of the sources that read a text, and of the layout of the table's records
    std::array<char, 16> version{};  ///< of the kashim that compiled it
    std::uint64_t size = 0;          ///< of the whole, this head included
    FileState source;                ///< all zero where only the text counts
    std::uint64_t text = 0;          ///< fingerprint of the source's text
    std::array<std::uint64_t, 4> padding{};  ///< the table behind begins with a cache line
    std::uint64_t checksum = 0;              ///< of everything else
};

/// How a file that should be a compiled configuration looks by itself.
enum class [[nodiscard]] CompiledForm : std::uint8_t{
    good,
    not_ours,       ///< something else, or cut off before it says what it is
    other_version,  ///< of another kashim, or for another kind of machine
    damaged,        ///< cut off or spoilt
};

/// What the head alone says of a file of that size: good is what is worth reading. head: the file's first bytes, aligned
/// to 8.
CompiledForm form_by_head(std::span<const std::byte> head, std::uint64_t size);

/// The file's bytes, aligned to 8. Where it is good the table behind the head can be asked. Takes time in proportion to
/// the size.
CompiledForm compiled_form(std::span<const std::byte> file);

/// Both for a file that is good.
const CompiledHead& compiled_head(std::span<const std::byte> file);
const Table& compiled_table(std::span<const std::byte> file);

/// The bytes for such a file.
std::vector<std::byte> compiled_file(const Table& table, const FileState& source, std::string_view text);

/// 64 bits that change with every text. Tells accidents apart; whoever wants two texts with the same one finds them.
std::uint64_t fingerprint(std::span<const std::byte> bytes, std::uint64_t seed = 0);
std::uint64_t fingerprint(std::string_view text);

}  // namespace kashim::policy
