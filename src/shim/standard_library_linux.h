// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// Included by the compiler before every file of the library (CMakeLists.txt), after the macros of the command line, so
// that a distribution's own flags build the same library. Each of these would make headers call functions that are
// neither ours nor in every C library (standard_library_linux.cpp).
#pragma once

// glibc's __*_chk functions.
#undef _FORTIFY_SOURCE
// std::__glibcxx_assert_fail, which prints and aborts.
#undef _GLIBCXX_ASSERTIONS
#define _GLIBCXX_NO_ASSERTIONS 1
