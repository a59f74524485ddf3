// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace kashim::platform {

/// The arguments that this process was executed with, argv[0] first; empty where they are not known.
using Arguments = std::span<const char* const>;

/// The arguments that a constructor of a library was called with: glibc hands them over, other C libraries do not.
Arguments arguments_of_constructor(int count, const char* const* arguments);

/// The file that this process executes, as /proc/self/exe has it, without " (deleted)". Empty where that cannot be known.
///
/// To ask /proc takes 10 us in this process and some more when it ends: the kernel makes the folder of a process when
/// somebody looks into it, and takes it down again. So it is found without, wherever that is certain.
std::string_view executable_path(Arguments arguments, std::span<char> memory);

/// The two ways. The first is empty wherever anything is out of the ordinary: what may be a script, a loader that was
/// called by its name, a file executed through a descriptor, a path of more than 255 bytes, one that is not there any
/// more.
std::string_view executable_by_its_path(Arguments arguments, std::span<char> memory);
std::string_view executable_by_proc(std::span<char> memory);

}  // namespace kashim::platform
