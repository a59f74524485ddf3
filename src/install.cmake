# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# `cmake --install build --prefix P` may name another prefix than the build was configured for, so the folders are chosen
# when it runs: under /usr the library stands where the loader looks by itself (Debian's multiarch folder, lib64
# elsewhere), so that the bare name in LD_PRELOAD is found, and the configuration in /etc; anywhere else in P/lib and P/etc.
# A library for another machine stands beside the one for this: in P/lib/ARCHITECTURE.
if(CMAKE_CROSSCOMPILING)
  set(prefix_folder ${loader_folder})
else()
  set(prefix_folder lib)
endif()

# Debian's zsh leaves site-functions below /usr to the administrator.
if(EXISTS /etc/debian_version)
  set(zsh_folder vendor-completions)
else()
  set(zsh_folder site-functions)
endif()

install(CODE "
  if(CMAKE_INSTALL_PREFIX STREQUAL \"/usr\")
    set(KASHIM_LIBDIR \"${loader_folder}\")
    set(KASHIM_CONFDIR \"/etc/kashim\")
    set(KASHIM_ZSHDIR \"${zsh_folder}\")
  else()
    set(KASHIM_LIBDIR \"${prefix_folder}\")
    set(KASHIM_CONFDIR \"\${CMAKE_INSTALL_PREFIX}/etc/kashim\")
    set(KASHIM_ZSHDIR site-functions)
  endif()
  file(INSTALL \"${PROJECT_SOURCE_DIR}/packaging/completions/_kashim\"
    DESTINATION \"\${CMAKE_INSTALL_PREFIX}/share/zsh/\${KASHIM_ZSHDIR}\")
  # The operator's own file is never replaced. Everybody must be able to read it, so its folder is
  # opened whatever the umask; the folders above are the system's, or the installer's own.
  if(NOT EXISTS \"\$ENV{DESTDIR}\${KASHIM_CONFDIR}/kashim.toml\")
    file(INSTALL \"${PROJECT_SOURCE_DIR}/config/kashim.toml\" DESTINATION \"\${KASHIM_CONFDIR}\")
    file(CHMOD \"\$ENV{DESTDIR}\${KASHIM_CONFDIR}\"
      PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  endif()
")
# A library that is being written kills every program that starts meanwhile (SIGBUS): it is written beside, and takes the
# name when it is whole. A static command is built without it.
if(TARGET kashim_shim)
  install(CODE "
    set(folder \"\${CMAKE_INSTALL_PREFIX}/\${KASHIM_LIBDIR}\")
    file(INSTALL \"$<TARGET_FILE:kashim_shim>\" TYPE PROGRAM DESTINATION \"\${folder}\" RENAME $<TARGET_FILE_NAME:kashim_shim>.new)
    file(RENAME \"\$ENV{DESTDIR}\${folder}/$<TARGET_FILE_NAME:kashim_shim>.new\"
      \"\$ENV{DESTDIR}\${folder}/$<TARGET_FILE_NAME:kashim_shim>\")
  ")
endif()
if(KASHIM_CLI)
  install(TARGETS kashim_cli RUNTIME DESTINATION bin)
endif()

set(packaging ${PROJECT_SOURCE_DIR}/packaging)
install(FILES ${packaging}/completions/kashim.bash DESTINATION share/bash-completion/completions RENAME kashim)
install(FILES ${packaging}/completions/kashim.fish DESTINATION share/fish/vendor_completions.d)
install(FILES ${packaging}/man/kashim.1 DESTINATION share/man/man1)
install(FILES ${packaging}/man/kashim.toml.5 DESTINATION share/man/man5)
install(FILES ${packaging}/man/libkashim.so.7 DESTINATION share/man/man7)

# The compiled form of the configuration, so that no program parses it. It can be done without: where the file has an
# error, or this command does not run here, every program still finds the file itself. A package being built (DESTDIR) has
# it done when it is unpacked.
install(CODE "
  if(\"\$ENV{DESTDIR}\" STREQUAL \"\")
    execute_process(
      COMMAND \"\${CMAKE_INSTALL_PREFIX}/bin/kashim\" compile \"\${KASHIM_CONFDIR}/kashim.toml\"
      RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(status EQUAL 0)
      message(STATUS \"Compiled: \${said}\")
    else()
      message(STATUS \"Not compiled, programs will parse the configuration (\${status}): \${said}\")
    endif()
  endif()
")
