// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Included in front of every source of the library on macOS (macho.cmake). libc++ is a library of the system there and
// cannot be linked into ours, so nothing of it may be needed that is not in its headers: where it would call abort() we
// leave, and what it has compiled beforehand is compiled here.
#pragma once

namespace kashim::shim {
[[noreturn]] void leave_arena();
}  // namespace kashim::shim

#define _LIBCPP_VERBOSE_ABORT(...) ::kashim::shim::leave_arena()

#include "config/no_float_from_chars.h"
