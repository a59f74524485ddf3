// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// A way out of a calculation, without destructors, signal masks or a symbol that the loader must find.
//
//     platform::WayOut way_out;
//     if (KASHIM_COME_BACK(way_out)) ...   // false at first, true once KASHIM_LEAVE was called
//
// Macros, because the frame that is come back to must be the caller's own.
#pragma once

#if defined(__APPLE__)

// clang has __builtin_setjmp on x86-64 only. The pair with the underscore leaves the signal mask alone (setjmp(3)).
#    include <setjmp.h>

namespace kashim::platform {
struct WayOut {
    jmp_buf registers;
};
}  // namespace kashim::platform

#    define KASHIM_COME_BACK(way_out) (::_setjmp((way_out).registers) != 0)
#    define KASHIM_LEAVE(way_out) ::_longjmp((way_out).registers, 1)

#else

namespace kashim::platform {
struct WayOut {
    void* registers[5];  // what __builtin_setjmp needs (GCC manual, Nonlocal Gotos)
};
}  // namespace kashim::platform

#    define KASHIM_COME_BACK(way_out) (__builtin_setjmp((way_out).registers) != 0)
#    define KASHIM_LEAVE(way_out) __builtin_longjmp((way_out).registers, 1)

#endif
