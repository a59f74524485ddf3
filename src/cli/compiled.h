// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/search.h"

#include <optional>
#include <string>
#include <string_view>

namespace kashim::cli {

/// Where the compiled form of a configuration file is.
std::string compiled_path(const std::string& configuration);

/// Why programs read the configuration itself although there is a compiled form of it, as a warning about that file.
/// Nothing where they use it, and where there is none. text is the configuration's, as it was read from that path.
std::optional<config::FileFinding> compiled_doubt(const std::string& configuration, std::string_view text);

}  // namespace kashim::cli
