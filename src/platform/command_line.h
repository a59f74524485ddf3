// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
#pragma once

#include "platform/executable.h"

#include <span>
#include <string_view>

namespace kashim::platform {

/// The arguments as /proc/PID/cmdline has them (a zero byte behind each), joined by blanks. The memory is for the answer
/// and must be as long as they are. Pure.
std::string_view joined_arguments(std::string_view raw, std::span<char> memory);

/// Arguments as /proc/self/cmdline has them, as many bytes as fit. Pure.
std::string_view side_by_side(Arguments arguments, std::span<char> memory);

/// policy::script_of() for such arguments; the first 64 are looked at. Pure.
std::string_view script_in(std::string_view executable, std::string_view raw);

/// The target of /proc/PID/exe without what the kernel appends once the file was replaced or removed (d_path in
/// fs/d_path.c). Pure.
std::string_view without_deleted(std::string_view path);

}  // namespace kashim::platform
