// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace kashim::platform {

/// Where the files are below a prefix, or absolute: what -DCMAKE_INSTALL_BINDIR, _LIBDIR and _SYSCONFDIR asked for.
struct InstallDirectories {
    std::string_view bin = "bin";
    std::string_view lib = "lib";
    std::string_view etc = "etc";
};

/// Those of this build (src/directories.cmake).
InstallDirectories install_directories();

/// The prefix of an installed file, by its path: what precedes /bin/FILE, /lib/FILE, /lib32/FILE, /lib64/FILE,
/// /lib/ARCHITECTURE/FILE, or FILE in the directories that were asked for. The second member is false for any other path.
/// Pure.
struct InstallPrefix {
    std::string_view prefix;
    bool known = false;
};
InstallPrefix install_prefix(std::string_view file, const InstallDirectories& directories = install_directories());

/// The folder of the configuration that belongs to an installed file: PREFIX/etc, but /etc for the prefixes "/" and
/// "/usr" (Filesystem Hierarchy Standard 3.0, 3.7). An absolute one is the same for every file. Empty where the file is not
/// installed. Pure.
std::string sysconfdir_of(std::string_view file, const InstallDirectories& directories = install_directories());

}  // namespace kashim::platform
