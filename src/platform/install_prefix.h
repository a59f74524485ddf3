// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace kashim::platform {

/// The prefix of an installed file, by its path: what stands before /bin/FILE, /lib/FILE, /lib32/FILE, /lib64/FILE or
/// /lib/ARCHITECTURE/FILE. The second member is false for any other path. Pure.
struct InstallPrefix {
    std::string_view prefix;
    bool known = false;
};
InstallPrefix install_prefix(std::string_view file);

/// The folder of the configuration that belongs to an installed file: PREFIX/etc, but /etc for the prefixes "/" and
/// "/usr" (Filesystem Hierarchy Standard 3.0, 3.7). Empty where the file is not installed. Pure.
std::string sysconfdir_of(std::string_view file);

}  // namespace kashim::platform
