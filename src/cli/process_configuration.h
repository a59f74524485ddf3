// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "loaded/effective.h"
#include "reach/process.h"

namespace kashim::cli {

/// What would be in force in a running process if its program started now: the search of the library with its variables,
/// its user's permissions and the files below its root. --config and --set take precedence, as everywhere.
loaded::Effective effective_in(const reach::Process& process, const loaded::ConfigurationRequest& request,
                               config::Warnings warnings);

/// Whether the file was written after the process started: it has an older one, or none.
bool is_newer(const loaded::Effective& effective, const reach::Process& process);

}  // namespace kashim::cli
