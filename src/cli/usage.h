// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace kashim::cli {

/// What is wrong with a command line that could not be parsed, for stderr: one line that says it, one that says where
/// help is.
std::string complaint(const CLI::App& app, const CLI::ParseError& error);

}  // namespace kashim::cli
