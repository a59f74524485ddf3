# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
#   cmake -S . -B build/aarch64-macos --toolchain packaging/toolchains/aarch64-macos.cmake
#   cmake --build build/aarch64-macos
#
# makes build/aarch64-macos/libkashim.dylib for Macs with an Apple processor.
set(CMAKE_SYSTEM_PROCESSOR aarch64)
include(${CMAKE_CURRENT_LIST_DIR}/macos.cmake)
