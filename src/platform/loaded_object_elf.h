// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <link.h>

#include <optional>
#include <span>
#include <string_view>

namespace kashim::platform {

/// A library or program that the loader has mapped into this process, as dl_iterate_phdr(3) tells it. Nothing outside of
/// its readable segments is ever read, so a damaged table ends a search and not the process. Pure but for that.
class LoadedObject {
public:
    /// The difference between its addresses and those in its headers, and its program headers (borrowed).
    LoadedObject(ElfW(Addr) base, std::span<const ElfW(Phdr)> segments) : base_(base), segments_(segments) {}

    /// Whether one of its segments holds the address.
    bool holds(ElfW(Addr) address) const;

    struct Function {
        ElfW(Addr) address;
        bool indirect;  ///< not the function but one that returns its address (STT_GNU_IFUNC)
    };

    /// The function that dlsym(3) would find in it: defined there, exported, of the default version where there are
    /// several. By DT_GNU_HASH, or DT_HASH where there is no other (System V ABI, chapter 5).
    std::optional<Function> function(std::string_view name) const;

private:
    struct Tables;

    Tables tables() const;
    std::optional<Function> by_gnu_hash(const Tables& tables, std::string_view name) const;
    std::optional<Function> by_hash(const Tables& tables, std::string_view name) const;
    std::optional<Function> symbol(const Tables& tables, ElfW(Addr) index, std::string_view name) const;
    bool is_text(ElfW(Addr) address, std::string_view text) const;
    ElfW(Addr) mapped(ElfW(Addr) pointer) const;
    bool holds(ElfW(Addr) address, ElfW(Addr) size, ElfW(Word) permissions) const;
    template <typename T>
    bool read(ElfW(Addr) address, T& value) const;

    ElfW(Addr) base_;
    std::span<const ElfW(Phdr)> segments_;
};

}  // namespace kashim::platform
