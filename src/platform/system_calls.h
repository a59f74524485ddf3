// SPDX-FileCopyrightText: the kashim authors
// SPDX-License-Identifier: MIT
//
// The system calls of files, terminals and memory, by the same names on each system: what is written with them is in
// *_posix.cpp. None of them is a cancellation point, because a hook like setsockopt() is none.
#pragma once

#if defined(__APPLE__)
#    include "platform/system_calls_darwin.h"
#else
#    include "platform/system_calls_linux.h"
#endif
