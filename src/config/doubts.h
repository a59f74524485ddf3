// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace kashim::config {

/// Why a pattern for programs, or for command lines, hardly matches what was meant: a whole sentence without its subject.
/// Empty where there is no doubt.
std::string_view doubt_about_program(std::string_view pattern);
std::string_view doubt_about_command(std::string_view pattern);

}  // namespace kashim::config
