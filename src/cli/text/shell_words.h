// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace kashim::cli {

/// A word as a shell reads it back: as it is where nothing in it means anything to a shell, else in quotes. With characters
/// that a terminal would obey or hide, in $'...', as bash, zsh, ksh and POSIX.1-2024 have it.
std::string shell_word(std::string_view word);

}  // namespace kashim::cli
