// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// How a library gets into a program that is about to start: LD_PRELOAD (ld.so(8)), on macOS DYLD_INSERT_LIBRARIES
// (dyld(1)). For the command only.
#pragma once

#include "platform/install_prefix.h"

#include <string>
#include <string_view>
#include <vector>

namespace kashim::host {

/// The way of one loader.
struct PreloadWay {
    std::string_view variable;         ///< its list of libraries
    std::string_view separators;       ///< what ends a name in that list; there are no quotes
    std::string_view separator_names;  ///< the same in words
    std::string_view file_separators;  ///< what ends a name in a file of such names too
    std::string_view library;          ///< the file name of ours
    bool bare_names;                   ///< a name without a slash is looked up in folders of the loader's own
};

/// glibc (do_preload and handle_preload_list in elf/rtld.c); musl's is the same but for the file.
inline constexpr PreloadWay kElfPreload{"LD_PRELOAD", " :", "a blank or a colon", " :\t\n", "libkashim.so", true};

/// dyld ("a colon separated list": dyld(1)). Whole paths only: the folders where it looks by itself are the system's own.
inline constexpr PreloadWay kDyldPreload{"DYLD_INSERT_LIBRARIES", ":", "a colon", ":", "libkashim.dylib", false};

/// This system's.
#if defined(__APPLE__)
inline constexpr const PreloadWay& kPreload = kDyldPreload;
#else
inline constexpr const PreloadWay& kPreload = kElfPreload;
#endif

inline constexpr std::string_view kPreloadVariable = kPreload.variable;
inline constexpr std::string_view kLibraryName = kPreload.library;

/// The files that may be the library that belongs to a command, by the command's absolute path, the likeliest first:
/// PREFIX/lib for PREFIX/bin/kashim, and the folder of the command itself (a build folder). For the prefixes "/" and
/// "/usr", where names may be bare, it is the loader's own folder there (such as lib/x86_64-linux-gnu). An absolute folder
/// is the same for every prefix. Pure.
std::vector<std::string>
library_places(std::string_view command, std::string_view loader_folder, const PreloadWay& way = kPreload,
               const platform::InstallDirectories& directories = platform::install_directories());

/// The same where there are several such folders, separated by colons, because the command is static and may stand beside
/// any loader: in all of them. Pure.
std::vector<std::string>
library_places_of_all(std::string_view command, std::string_view loader_folders,
                      const platform::InstallDirectories& directories = platform::install_directories());

/// Whether the loader would take part of that name for another one. Pure.
bool splits_in_preload(std::string_view name, const PreloadWay& way = kPreload);

/// The entries of such a list, or of /etc/ld.so.preload, that name the library, by its file name. Pure.
std::vector<std::string> library_entries(std::string_view list, const PreloadWay& way = kPreload);

/// The value of the variable with the library in it, once: in front of the others, but where one of its file name is
/// there already, of this place or another, it takes that one's place. The others keep their order. Pure.
std::string preload_with(std::string_view value, std::string_view name, const PreloadWay& way = kPreload);

}  // namespace kashim::host
