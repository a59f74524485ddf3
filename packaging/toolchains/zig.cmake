# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# What the toolchain files that use zig have in common: each sets CMAKE_SYSTEM_NAME, CMAKE_SYSTEM_PROCESSOR and
# KASHIM_ZIG_TARGET, and includes this. The compiler is fetched with npm (../zig.sh) unless -DKASHIM_ZIG=PATH names one.

# The checks that CMake makes are projects of their own, which read this file again.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES KASHIM_ZIG)
if(NOT KASHIM_ZIG)
  execute_process(
    COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/../zig.sh
    OUTPUT_VARIABLE KASHIM_ZIG OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "there is no zig, the compiler of this toolchain: packaging/zig.sh says why, above")
  endif()
  set(KASHIM_ZIG ${KASHIM_ZIG} CACHE FILEPATH "zig; zig-cc and the other tools stand beside it")
endif()

get_filename_component(tools ${KASHIM_ZIG} DIRECTORY)
set(CMAKE_C_COMPILER ${tools}/zig-cc)
set(CMAKE_CXX_COMPILER ${tools}/zig-c++)
set(CMAKE_C_COMPILER_TARGET ${KASHIM_ZIG_TARGET})
set(CMAKE_CXX_COMPILER_TARGET ${KASHIM_ZIG_TARGET})
set(CMAKE_AR ${tools}/zig-ar CACHE FILEPATH "")
set(CMAKE_RANLIB ${tools}/zig-ranlib CACHE FILEPATH "")

# The libraries we need are headers, which are the same for every system: those that are installed here. Not /usr/include
# itself, where this system's own headers are.
set(headers ${CMAKE_BINARY_DIR}/headers)
get_property(is_a_check GLOBAL PROPERTY IN_TRY_COMPILE)
if(NOT is_a_check AND NOT EXISTS ${headers}/ready)
  foreach(header toml++/toml.h fmt/format.h CLI/CLI.hpp nlohmann/json.hpp)
    find_path(folder ${header} PATHS /usr/local/include /usr/include NO_DEFAULT_PATH NO_CACHE REQUIRED)
    get_filename_component(name ${header} DIRECTORY)
    file(MAKE_DIRECTORY ${headers}/include)
    file(CREATE_LINK ${folder}/${name} ${headers}/include/${name} SYMBOLIC)
    unset(folder)
  endforeach()
  # What find_package() looks for: PACKAGE, its target, a definition.
  foreach(package "fmt|fmt::fmt|FMT_HEADER_ONLY=1" "CLI11|CLI11::CLI11|" "nlohmann_json|nlohmann_json::nlohmann_json|")
    string(REPLACE "|" ";" package "${package}")
    list(GET package 0 name)
    list(GET package 1 target)
    list(GET package 2 definition)
    file(WRITE ${headers}/lib/cmake/${name}/${name}Config.cmake
      "if(NOT TARGET ${target})\n"
      "  add_library(${target} INTERFACE IMPORTED)\n"
      "  target_include_directories(${target} INTERFACE \"${headers}/include\")\n"
      "  target_compile_definitions(${target} INTERFACE ${definition})\n"
      "endif()\n")
  endforeach()
  file(TOUCH ${headers}/ready)
endif()
set(CMAKE_FIND_ROOT_PATH ${headers})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
