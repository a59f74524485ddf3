// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// How a library gets into a program that is about to start (ld.so(8), LD_PRELOAD). For the command only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kashim::platform {

inline constexpr std::string_view kPreloadVariable = "LD_PRELOAD";
inline constexpr std::string_view kLibraryName = "libkashim.so";

/// Where the library may stand, and what the loader is to be told of it.
struct LibraryPlace {
    std::string file;
    std::string name;  ///< the file's path, or the bare name in a folder where the loader looks by itself

    friend bool operator==(const LibraryPlace&, const LibraryPlace&) = default;
};

/// The places of the library that belongs to a command, by the command's absolute path, the likeliest first:
/// PREFIX/lib for PREFIX/bin/kashim, and the folder of the command itself (a build folder). For the prefixes "/" and
/// "/usr" it is the loader's own folder there (such as lib/x86_64-linux-gnu) and the bare name, which the loaders of
/// other word sizes resolve to the library of their own kind. Pure.
std::vector<LibraryPlace> library_places(std::string_view command, std::string_view loader_folder);

/// Whether the loader would take part of that name for another one: it separates names at blanks and colons and knows no
/// quotes. Pure.
bool splits_in_preload(std::string_view name);

/// The value of LD_PRELOAD with the library in it, once: in front of the others, but where a libkashim.so is there
/// already, of this place or another, it takes that one's place. The others keep their order. Pure.
std::string preload_with(std::string_view value, std::string_view name);

}  // namespace kashim::platform
