// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/descriptor.h"

#include <string>

namespace kashim::host {

/// What stands at a path, held without being opened for reading: on Linux a descriptor (O_PATH); macOS has nothing of the
/// kind, so there it is the path. For the command only.
#if defined(__APPLE__)
using HeldPath = std::string;
#else
using HeldPath = platform::Descriptor;
#endif

}  // namespace kashim::host
