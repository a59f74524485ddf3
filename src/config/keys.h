// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"
#include "config/schema.h"

#include <string_view>

namespace kashim::config {

/// The row of a key that may stand there. Otherwise null, and an error that says what was probably meant.
const Row* known_key(std::string_view key, Place place, Where where, Findings& findings);

/// The name of the key that was probably meant; empty where none is near.
std::string_view nearest_key(std::string_view key, Where where);

}  // namespace kashim::config
