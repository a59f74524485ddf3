// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/diagnostics.h"

#include <optional>
#include <string_view>

namespace kashim::config {

/// The first thing that keeps the bytes from being a text in UTF-8: a byte that is none, or NUL. Said here because
/// toml++ would call it a syntax error.
std::optional<Finding> not_a_text(std::string_view bytes);

}  // namespace kashim::config
