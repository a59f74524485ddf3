// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Included by the compiler before document.cpp where the C++ library cannot read a floating-point number from characters
// (libc++ up to 19), or where it may not be asked (the library on macOS). toml++ has to compile with it; the value does
// not matter, because no key takes a fraction. The overload fits the buffer of toml++, which is not const, better than
// the standard's.
#pragma once

#include <charconv>

namespace std {
inline from_chars_result from_chars(char*, char* last, double& value) noexcept
{
    value = 0;
    return {last, errc()};
}
}  // namespace std
