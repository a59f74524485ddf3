// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "host/as_user.h"
#include "host/root.h"
#include "reach/elf_image.h"

#include <optional>
#include <string>
#include <vector>

namespace kashim::reach {

/// The paths that the loader of such a program would try for an entry, as far as they are known here: of one with a
/// slash the path itself, $LIB replaced by the folders it may stand for; of a bare name the loader's own folders and what
/// its cache has, or what musl's list of folders has. LD_LIBRARY_PATH is not looked at.
std::vector<std::string> paths_of(const std::string& entry, const ElfImage& program, const host::Root& root);

/// What the loader of a program finds for an entry.
struct LibraryFile {
    enum class State : std::uint8_t {
        fits,
        missing,     ///< at none of the paths
        unreadable,  ///< not by the user who runs the program
        noexec,      ///< on a mount that lets nothing be mapped for execution
        other_kind,  ///< of another architecture or word size than the program
        no_library,  ///< not an ELF file, or cut
        unknown,     ///< it cannot be looked at: see error
    };
    State state = State::missing;
    std::string path;  ///< where it was found; of missing: the first path that was tried
    ElfImage image{};  ///< of fits and other_kind
    int error = 0;     ///< of unknown: errno
};

/// Looks as the loader of a program would that runs below that root; as a certain user where one is given. Of a bare name
/// the first file of the program's own kind counts, as for the loader.
LibraryFile find_library(const std::string& entry, const ElfImage& program, const host::Root& root,
                         const std::optional<host::User>& user);

/// Whether the loader of a program finds that very file by its name alone. Then the name is what to preload: the loaders
/// of other word sizes find the library of their own kind by it, and a path of ours they would refuse. Of a program that
/// has no loader, or is of another kind than the library, it is that of this command: what it starts may have that.
bool is_found_by_name(const std::string& library, const ElfImage& program);

}  // namespace kashim::reach
