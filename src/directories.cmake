# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# The directories that kashim is installed to, as GNUInstallDirs names them. install.cmake installs there, and the library and
# the command are told, so that each finds the other and the configuration (platform/install_prefix.h).
#
# What a packager asks for (-DCMAKE_INSTALL_LIBDIR=...) holds for every prefix. Without it the directory of the library depends
# on the prefix, which `cmake --install build --prefix P` may choose after the build: the loader's own directory below /usr, so
# that the bare name in LD_PRELOAD is found there, and P/lib elsewhere.
set(asked_for_libdir ${CMAKE_INSTALL_LIBDIR})
include(GNUInstallDirs)
foreach(directory BINDIR LIBDIR SYSCONFDIR)
  string(REGEX REPLACE "(.)/+$" "\\1" CMAKE_INSTALL_${directory} "${CMAKE_INSTALL_${directory}}")
endforeach()

if(asked_for_libdir)
  set(loader_folder ${CMAKE_INSTALL_LIBDIR})
  set(library_folder ${CMAKE_INSTALL_LIBDIR})
else()
  # Debian's multiarch directory; lib64 or lib elsewhere.
  if(CMAKE_LIBRARY_ARCHITECTURE)
    set(loader_folder lib/${CMAKE_LIBRARY_ARCHITECTURE})
  else()
    set(loader_folder ${CMAKE_INSTALL_LIBDIR})
  endif()
  # A library for another machine is put beside the one for this: in P/lib/ARCHITECTURE.
  if(CMAKE_CROSSCOMPILING AND NOT KASHIM_STATIC)
    set(library_folder ${loader_folder})
  else()
    set(library_folder lib)
  endif()
  # The default must not look like something that was asked for when CMake runs the next time.
  set(default ${CMAKE_INSTALL_LIBDIR})
  unset(CMAKE_INSTALL_LIBDIR CACHE)
  set(CMAKE_INSTALL_LIBDIR ${default})
endif()

# A file in an absolute directory cannot tell the prefix by its own path. What it must find there is absolute then, too.
set(system_prefix FALSE)
if(CMAKE_INSTALL_PREFIX MATCHES "^/(usr/?)?$")
  set(system_prefix TRUE)
endif()
if(IS_ABSOLUTE "${CMAKE_INSTALL_BINDIR}" AND NOT IS_ABSOLUTE "${library_folder}")
  if(system_prefix)
    set(library_folder ${CMAKE_INSTALL_PREFIX}/${loader_folder})
  else()
    set(library_folder ${CMAKE_INSTALL_PREFIX}/${library_folder})
  endif()
  set(loader_folder ${library_folder})
endif()

# The configuration of the prefix for which this is configured; and its directory below any other, if that depends on the prefix.
if(IS_ABSOLUTE "${CMAKE_INSTALL_SYSCONFDIR}")
  set(sysconfdir ${CMAKE_INSTALL_SYSCONFDIR})
elseif(system_prefix)
  set(sysconfdir /${CMAKE_INSTALL_SYSCONFDIR})
else()
  set(sysconfdir ${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_SYSCONFDIR})
endif()
if(IS_ABSOLUTE "${CMAKE_INSTALL_SYSCONFDIR}" OR IS_ABSOLUTE "${library_folder}")
  set(relative_sysconfdir)
else()
  set(relative_sysconfdir ${CMAKE_INSTALL_SYSCONFDIR})
endif()

# Where the command looks for the library below /usr. A static command may be beside any loader.
set(loader_folders ${loader_folder})
if(KASHIM_STATIC)
  set(loader_folders ${asked_for_libdir} lib/${CMAKE_SYSTEM_PROCESSOR}-linux-gnu lib64 lib)
  list(REMOVE_DUPLICATES loader_folders)
  list(JOIN loader_folders ":" loader_folders)
endif()
