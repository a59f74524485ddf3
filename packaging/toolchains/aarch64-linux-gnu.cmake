# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# 64-bit ARM, with Debian's g++-aarch64-linux-gnu. What it makes runs elsewhere with qemu-user:
# qemu-aarch64-static -L /usr/aarch64-linux-gnu PROGRAM
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
