// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// What only a Mac knows about its programs.
#pragma once

#include "reach/macho_image.h"

#include <string>

namespace kashim::reach {

/// Whether System Integrity Protection guards this program: by its folder, or by the flag that the file has (SF_RESTRICTED,
/// chflags(2)). Whether the protection is switched off is not looked at.
bool is_protected(const std::string& path);

/// The processor of this Mac, also where we are translated ourselves.
MachCpu this_machine();

}  // namespace kashim::reach
