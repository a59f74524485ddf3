// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "policy/policy.h"
#include "shim/environment.h"

namespace kashim::shim {

/// Finds the configuration and makes of it what counts in this process; says what is wrong with it. Null where nothing
/// is to be in force. The result, and all it refers to, stays for good.
///
/// For the constructor of the library only.
const policy::Policy* read_configuration(const Environment& environment);

}  // namespace kashim::shim
