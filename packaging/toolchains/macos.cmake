# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# What the builds for macOS have in common. On a Mac none of this is needed: plain cmake there takes Apple's compiler.
# Nothing here can run what it makes; tests/abi looks at it.
set(CMAKE_SYSTEM_NAME Darwin)
# The oldest macOS that runs on both kinds of processor.
set(CMAKE_OSX_DEPLOYMENT_TARGET 11.0 CACHE STRING "")
set(KASHIM_ZIG_TARGET ${CMAKE_SYSTEM_PROCESSOR}-macos.11.0)
include(${CMAKE_CURRENT_LIST_DIR}/zig.cmake)

# Without the debugger's map, which names the folders of this machine.
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-s")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-s")
