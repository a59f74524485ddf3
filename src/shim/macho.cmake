# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# libkashim.dylib: ../README.md says why each flag is there.

add_library(kashim_shim_objects OBJECT
  steps.cpp
  arena.cpp
  configuration.cpp
  messages.cpp
  report.cpp
  runtime.cpp
  standard_library_darwin.cpp
  tune_darwin.cpp
  ${shim_platform}
  ${shim_policy}
  ${shim_config})
target_include_directories(kashim_shim_objects PUBLIC ${PROJECT_SOURCE_DIR}/src)
target_include_directories(kashim_shim_objects SYSTEM PRIVATE ${TOMLPLUSPLUS_INCLUDE})
target_compile_definitions(kashim_shim_objects PUBLIC ${definitions} _LIBCPP_DISABLE_VISIBILITY_ANNOTATIONS)
# What libc++ has compiled by itself is compiled here instead, so that no C++ library is needed: see
# standard_library_darwin.h.
target_compile_options(kashim_shim_objects PUBLIC
  -O2 -fno-exceptions -fno-rtti -fasynchronous-unwind-tables -fno-threadsafe-statics -fno-stack-protector
  -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=0
  "SHELL:-include ${CMAKE_CURRENT_SOURCE_DIR}/standard_library_darwin.h")
target_link_libraries(kashim_shim_objects PRIVATE kashim_warnings)

# What Apple's compilers and linkers have, and others under other names or not at all.
include(CheckCXXCompilerFlag)
include(CheckLinkerFlag)
check_cxx_compiler_flag(-fvisibility-global-new-delete=force-hidden KASHIM_HIDES_NEW)
if(KASHIM_HIDES_NEW)
  target_compile_options(kashim_shim_objects PUBLIC -fvisibility-global-new-delete=force-hidden)
else()
  target_compile_options(kashim_shim_objects PUBLIC -fvisibility-global-new-delete-hidden)
endif()
# No name leaves the library, and none is looked for later than at load.
foreach(flag -Wl,-exported_symbols_list,/dev/null -Wl,-bind_at_load)
  string(MAKE_C_IDENTIFIER KASHIM_LINKER${flag} known)
  check_linker_flag(CXX ${flag} ${known})
  if(${known})
    list(APPEND closed ${flag})
  endif()
endforeach()

add_library(kashim_shim_start OBJECT load.cpp hooks_darwin.cpp)
target_link_libraries(kashim_shim_start PRIVATE kashim_shim_objects kashim_warnings)

set_target_properties(kashim_shim_start kashim_shim_objects PROPERTIES
  POSITION_INDEPENDENT_CODE ON
  CXX_VISIBILITY_PRESET hidden
  VISIBILITY_INLINES_HIDDEN ON)

add_library(kashim_shim SHARED $<TARGET_OBJECTS:kashim_shim_start> $<TARGET_OBJECTS:kashim_shim_objects>)
set_target_properties(kashim_shim PROPERTIES
  OUTPUT_NAME kashim
  LINKER_LANGUAGE CXX
  INSTALL_NAME_DIR @rpath
  BUILD_WITH_INSTALL_NAME_DIR ON
  LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
target_link_options(kashim_shim PRIVATE -nostdlib++ -Wl,-dead_strip ${closed})
