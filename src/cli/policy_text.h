// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "cli/effective.h"
#include "cli/style.h"

namespace kashim::cli {

/// Prints what is in force: [defaults] and each rule in order, every value with the place where it was given, and what
/// the sockets of a program begin with that no rule names. The configuration must be good.
void print_policy(const Style& style, const Effective& effective);

}  // namespace kashim::cli
