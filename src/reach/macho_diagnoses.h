// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What keeps DYLD_INSERT_LIBRARIES from a program for macOS, as far as the file and its path tell. Sources: dyld(1), the
// code signing guides of Apple, processIsRestricted() in dyld, exec_mach_imgact() in xnu. Pure: also for who asks about
// such a program on another system.
#pragma once

#include "reach/macho_image.h"
#include "reach/verdict.h"

#include <string_view>

namespace kashim::reach {

/// What the slice that runs has against it.
void about_slice(const MachSlice& slice, Verdict& verdict);

/// The same of every slice, where it is not known which one runs; a thing that only some have is said with their names.
void about_every_slice(const MachFile& file, Verdict& verdict);

/// Whether the slices of our library fit that of the program. dyld ends a program that it cannot give the library that
/// was asked for.
void about_library_slices(const MachSlice& slice, const MachFile& library, Verdict& verdict);

/// Whether System Integrity Protection guards what stands at this path, by the folder alone: /System, /usr but not
/// /usr/local, /bin, /sbin (rootless.conf). The path must be without symbolic links.
bool is_below_protected_folder(std::string_view path);

/// Of a program that is guarded so.
Diagnosis protected_by_system(std::string_view path);

}  // namespace kashim::reach
