# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
#   cmake -S . -B build/x86_64-linux-musl --toolchain packaging/toolchains/x86_64-linux-musl.cmake
#   cmake --build build/x86_64-linux-musl
#
# makes build/x86_64-linux-musl/kashim, a static command, which needs nothing of the system but the kernel and so runs in
# any container. The library is not built here: the one of the ordinary build is for every C library and stands beside it.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(KASHIM_ZIG_TARGET x86_64-linux-musl)
set(KASHIM_STATIC TRUE)
include(${CMAKE_CURRENT_LIST_DIR}/zig.cmake)

set(CMAKE_C_FLAGS_INIT "-ffunction-sections -fdata-sections")
set(CMAKE_CXX_FLAGS_INIT "-ffunction-sections -fdata-sections")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -s -Wl,--gc-sections")
