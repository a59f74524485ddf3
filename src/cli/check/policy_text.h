// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "loaded/effective.h"
#include "text/style.h"

namespace kashim::cli {

/// Prints what is in force: [defaults] and each rule in order, every value with the place where it was given, and what
/// the sockets of a program begin with that no rule names. The configuration must be good.
void print_policy(const text::Style& style, const loaded::Effective& effective);

}  // namespace kashim::cli
