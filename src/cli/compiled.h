// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kashim::cli {

/// Where the compiled form of a configuration file is.
std::string compiled_path(const std::string& configuration);

/// Why programs parse a configuration although there is a compiled form of it, and what to do.
struct CompiledDoubt {
    std::string file;    ///< the compiled form
    std::string what;    ///< goes on after "FILE: "
    std::string remedy;  ///< a command
};

/// Nothing where programs use the compiled form, and where there is none. text is the configuration's, as it was read
/// from that path.
std::optional<CompiledDoubt> compiled_doubt(const std::string& configuration, std::string_view text);

}  // namespace kashim::cli
