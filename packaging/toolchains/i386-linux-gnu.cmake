# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# 32-bit x86, with Debian's g++-i686-linux-gnu. What it makes runs on a 64-bit kernel with libc6-i386.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR i686)
set(CMAKE_C_COMPILER i686-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER i686-linux-gnu-g++)
# As Debian calls it; the compiler has another name for it.
set(CMAKE_LIBRARY_ARCHITECTURE i386-linux-gnu)
