// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace kashim::cli {

/// The file, or the folder above it, that not everybody may read: where other users' programs would take the
/// configuration for absent. Empty where there is none, and for everybody but root: files of one user's own configuration
/// are nobody else's business.
std::string hidden_from_others(const std::string& file);

}  // namespace kashim::cli
