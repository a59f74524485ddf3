// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// In place of platform/interpose_macho.h, whose section only Mach-O has: the hooks are called by their own names. What
// the linker makes of the section itself tests/abi looks at.
#pragma once

#include <type_traits>

#define KASHIM_REAL(name) (&::name)

#define KASHIM_INTERPOSE(result, name, parameters)                                                                     \
    extern "C" result kashim_##name parameters;                                                                        \
    static_assert(std::is_same_v<decltype(kashim_##name), decltype(::name)>);                                          \
    extern "C" result kashim_##name parameters
