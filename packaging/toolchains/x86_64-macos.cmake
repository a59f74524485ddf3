# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
#   cmake -S . -B build/x86_64-macos --toolchain packaging/toolchains/x86_64-macos.cmake
#   cmake --build build/x86_64-macos
#
# makes build/x86_64-macos/libkashim.dylib for Macs with an Intel processor.
set(CMAKE_SYSTEM_PROCESSOR x86_64)
include(${CMAKE_CURRENT_LIST_DIR}/macos.cmake)
