# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# `cmake --install build --prefix P` may name another prefix than the build was configured for. What depends on it is decided
# when it runs, by install_directories.cmake.in.
#
#   --component library   the library and its manual page
#   --component command   the command, the configuration and all else that a machine needs to use them
#   --component doc       licence, README, changes and examples
set(KASHIM_UNITDIR lib/systemd/system CACHE STRING "Directory of systemd's units; empty: they are not installed")
mark_as_advanced(KASHIM_UNITDIR)

# Debian's zsh leaves site-functions below /usr to the administrator.
if(EXISTS /etc/debian_version)
  set(zsh_folder vendor-completions)
else()
  set(zsh_folder site-functions)
endif()

set(packaging ${PROJECT_SOURCE_DIR}/packaging)
configure_file(install_directories.cmake.in install_directories.cmake @ONLY)
install(SCRIPT ${CMAKE_CURRENT_BINARY_DIR}/install_directories.cmake ALL_COMPONENTS)

# A library that is being written kills every program that starts meanwhile (SIGBUS): it is written beside, and takes the
# name when it is whole. install(TARGETS) does not, and what else that does is done here: Debian's libraries are not
# executable, and --strip. A static command is built without the library.
if(TARGET kashim_shim)
  install(CODE "
  set(KASHIM_BUILT \"$<TARGET_FILE:kashim_shim>\")
  set(KASHIM_STRIP \"${CMAKE_STRIP}$<$<BOOL:${APPLE}>:;-x>\")" COMPONENT library)
  install(CODE [[
  set(KASHIM_TYPE PROGRAM)
  if(CMAKE_INSTALL_SO_NO_EXE)
    set(KASHIM_TYPE FILE)
  endif()
  get_filename_component(KASHIM_NAME "${KASHIM_BUILT}" NAME)
  set(KASHIM_LIBRARY "$ENV{DESTDIR}${KASHIM_LIBDIR}/${KASHIM_NAME}")
  file(INSTALL "${KASHIM_BUILT}" TYPE ${KASHIM_TYPE} DESTINATION "${KASHIM_LIBDIR}" RENAME "${KASHIM_NAME}.new")
  if(CMAKE_INSTALL_DO_STRIP AND KASHIM_STRIP)
    execute_process(COMMAND ${KASHIM_STRIP} "${KASHIM_LIBRARY}.new" COMMAND_ERROR_IS_FATAL ANY)
  endif()
  file(RENAME "${KASHIM_LIBRARY}.new" "${KASHIM_LIBRARY}")
  list(TRANSFORM CMAKE_INSTALL_MANIFEST_FILES REPLACE "\\.new$" "")]] COMPONENT library)
endif()
install(FILES ${packaging}/man/libkashim.so.7 DESTINATION ${CMAKE_INSTALL_MANDIR}/man7 COMPONENT library)

# The operator's own file is never replaced. Everybody must be able to read it, so its directory is opened whatever the umask;
# the directories above are the system's, or the installer's own.
install(CODE [[
  if(NOT EXISTS "$ENV{DESTDIR}${KASHIM_CONFDIR}/kashim.toml")
    file(INSTALL "${KASHIM_SOURCE_DIR}/config/kashim.toml" DESTINATION "${KASHIM_CONFDIR}")
    file(CHMOD "$ENV{DESTDIR}${KASHIM_CONFDIR}"
      PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  endif()]] COMPONENT command)
install(FILES ${packaging}/man/kashim.toml.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5 COMPONENT command)

if(KASHIM_CLI)
  install(TARGETS kashim_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT command)
  install(FILES ${packaging}/man/kashim.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT command)
  install(FILES ${packaging}/completions/kashim.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME kashim COMPONENT command)
  install(FILES ${packaging}/completions/kashim.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT command)
  install(CODE [[
  file(INSTALL "${KASHIM_SOURCE_DIR}/packaging/completions/_kashim" DESTINATION "${KASHIM_ZSHDIR}")]] COMPONENT command)
endif()

# There is a guard where sockets of running programs can be taken.
if(TARGET kashim_sockets AND KASHIM_UNITDIR)
  install(CODE [[  kashim_install_configured(kashim-guard.service "${KASHIM_UNITDIR}")]] COMPONENT command)
endif()

# The compiled form of the configuration, so that no program parses it. It can be done without: where the file has an
# error, or this command does not run here, every program still finds the file itself. A package being built (DESTDIR) has
# it done when it is unpacked.
if(KASHIM_CLI AND KASHIM_COMPILE_ON_INSTALL)
  install(CODE [[
  if("$ENV{DESTDIR}" STREQUAL "")
    execute_process(
      COMMAND "${KASHIM_COMMAND}" compile "${KASHIM_CONFDIR}/kashim.toml"
      RESULT_VARIABLE KASHIM_STATUS OUTPUT_VARIABLE KASHIM_SAID ERROR_VARIABLE KASHIM_SAID OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(KASHIM_STATUS EQUAL 0)
      message(STATUS "Compiled: ${KASHIM_SAID}")
    else()
      message(STATUS "Not compiled, programs will parse the configuration (${KASHIM_STATUS}): ${KASHIM_SAID}")
    endif()
  endif()]] COMPONENT command)
endif()

install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md ${packaging}/CHANGELOG.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT doc)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/config/examples DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT doc
  FILES_MATCHING PATTERN *.toml)
if(system STREQUAL "linux")
  install(CODE [[  kashim_install_configured(10-kashim.conf "${KASHIM_EXAMPLES}")]] COMPONENT doc)
endif()
