// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The diagnoses that programs and running processes have in common.
#pragma once

#include "reach/library.h"
#include "reach/verdict.h"

#include <optional>
#include <string>
#include <vector>

namespace kashim::reach {

/// "kashim guard PID" and how to get there; pid 0: of a program that is not running yet.
std::string guard(int pid);

/// Static, or built by Go: nothing that is preloaded can matter. Nothing else needs to be looked at then.
std::optional<Diagnosis> out_of_reach(const ElfImage& image, int pid);

/// What the kind of program has against a preload otherwise: AddressSanitizer, another C library.
void about_image(const ElfImage& image, Verdict& verdict);

/// Whether the loader of a program finds the library under that entry and takes it.
void about_library(const LibraryFile& library, const std::string& entry, const ElfImage& image, int pid,
                   Verdict& verdict);

/// PHP's extensions that escape.
Diagnosis about_php(const std::vector<std::string>& extensions, std::string_view verb);

/// The library by /etc/ld.so.preload of a root, where that holds it and it fits; musl's loader does not read that.
std::optional<std::string> preloaded_into_everything(const ElfImage& image, const host::Root& root);

}  // namespace kashim::reach
