# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# `cmake --install build --prefix P` may name another prefix than the build was configured for, so the folders are chosen
# when it runs: under /usr the library stands where the loader looks by itself (Debian's multiarch folder, lib64
# elsewhere), so that the bare name in LD_PRELOAD is found, and the configuration in /etc; anywhere else in P/lib and P/etc.

if(CMAKE_LIBRARY_ARCHITECTURE)
  set(loader_folder lib/${CMAKE_LIBRARY_ARCHITECTURE})
else()
  set(loader_folder ${CMAKE_INSTALL_LIBDIR})
endif()
install(CODE "
  if(CMAKE_INSTALL_PREFIX STREQUAL \"/usr\")
    set(KASHIM_LIBDIR \"${loader_folder}\")
    set(KASHIM_CONFDIR \"/etc/kashim\")
  else()
    set(KASHIM_LIBDIR lib)
    set(KASHIM_CONFDIR \"\${CMAKE_INSTALL_PREFIX}/etc/kashim\")
  endif()
  file(INSTALL \"$<TARGET_FILE:kashim_shim>\" TYPE SHARED_LIBRARY
    DESTINATION \"\${CMAKE_INSTALL_PREFIX}/\${KASHIM_LIBDIR}\")
  # The operator's own file is never replaced.
  if(NOT EXISTS \"\$ENV{DESTDIR}\${KASHIM_CONFDIR}/kashim.toml\")
    file(INSTALL \"${PROJECT_SOURCE_DIR}/config/kashim.toml\" DESTINATION \"\${KASHIM_CONFDIR}\")
  endif()
")
install(TARGETS kashim_cli RUNTIME DESTINATION bin)
