// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/file.h"
#include "platform/text.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace kashim::platform {

/// Where the compiled form of a configuration file is: beside it, under its name with this behind it.
inline constexpr std::string_view kCompiledSuffix = ".compiled";

/// Larger ones are not read: two megabytes of configuration come to less.
inline constexpr std::size_t kLargestCompiled = std::size_t{256} << 20;

/// The compiled form of a configuration, as it was found.
struct CompiledFile {
    enum class Kind {
        good,           ///< it may be used where it is of this file: see is_of()
        absent,         ///< there is none
        unreadable,     ///< not a regular file (no error), a symbolic link, too large, or anything else: see error
        foreign,        ///< neither root's nor the owner's of the configuration, or for others to write
        not_ours,       ///< something else
        other_version,  ///< of another version of kashim, or for another kind of machine
        damaged,        ///< cut off, or spoilt
    };

    Kind kind = Kind::absent;
    int error = 0;                    ///< errno, of unreadable
    Mapping memory;                   ///< empty where the memory of the caller was enough
    std::span<const std::byte> file;  ///< of good: what policy::compiled_head() and compiled_table() take

    const policy::CompiledHead& head() const { return policy::compiled_head(file); }
    const policy::Table& table() const { return policy::compiled_table(file); }

    /// Whether it was made of the configuration that is in this state, or has this text.
    bool is_of(const policy::FileState& state) const { return kind == Kind::good && head().source == state; }
    bool is_of(std::string_view text) const { return kind == Kind::good && head().text == policy::fingerprint(text); }
};

/// Reads it: not mapped, since whoever cut a mapped file off would kill every program that uses it. source is the
/// configuration's status: the compiled form must be root's or its owner's, and nobody else's to write. Small ones land in
/// the caller's memory, which must be aligned to 8.
CompiledFile read_compiled(const char* path, const FileStatus& source, std::span<std::byte> memory = {});

/// Why the compiled form of a configuration is not used, as a half sentence ("it is damaged"), for a file that is there.
void append_verdict(Text& line, const CompiledFile& compiled);

}  // namespace kashim::platform
