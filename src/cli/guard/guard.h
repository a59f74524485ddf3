// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "loaded/effective.h"

#include <string_view>

namespace kashim::cli {

/// `kashim guard -- PROGRAM ARGS`: runs argv[0] with its arguments (a null pointer ends them) as a child and keeps its
/// sockets, and those of all it starts, as the rules say. Terminal, signals, descriptors and exit status are the
/// program's; where it died of a signal, this process does. Says nothing where nothing is wrong. With an error in the
/// configuration the program is not started. With KASHIM_DISABLE this process becomes the program, nothing else. verb: in whose name messages are.
int guard_program(std::string_view verb, const loaded::ConfigurationRequest& request, char** argv);

}  // namespace kashim::cli
