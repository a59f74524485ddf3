// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "config/search.h"
#include "platform/file.h"

#include <string>

namespace kashim::loaded {

/// A configuration file and where it was found; the text lives as long as this does.
struct Configuration {
    config::Located located;
    platform::FileText file;
};

/// The search that the library makes in every program, made for a program started from here.
Configuration find_configuration();

/// What standard input stands for in messages.
inline constexpr const char* kStandardInput = "<stdin>";

/// Standard input to its end, as if it were a file.
Configuration read_standard_input();

/// This file and no other.
Configuration read_configuration(const std::string& path);

}  // namespace kashim::loaded
