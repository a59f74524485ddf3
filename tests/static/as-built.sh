#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/static/as-built.sh BUILD COMMAND [CTEST ARGUMENTS]
#
# Runs tests of the build folder BUILD with another command, the static one, in the place of BUILD/kashim: mounted over it
# in a mount namespace of its own, so that nothing on the disk changes and the tests need not know. Both must be
# configured for the same prefix. Needs root.
#
# Exit status: ctest's; 69 where such a namespace cannot be made here.
set -euo pipefail

build=$(cd "$1" && pwd)
command=$(realpath "$2")
shift 2

if [[ ${KASHIM_MOUNTED:-} != yes ]]; then
    if ! unshare --mount mount --bind "$command" "$build/kashim" 2>/dev/null; then
        echo "as-built.sh: nothing can be mounted here (root only), so $command is not tested in place of the other" >&2
        exit 69
    fi
    KASHIM_MOUNTED=yes exec unshare --mount bash "${BASH_SOURCE[0]}" "$build" "$command" "$@"
fi
mount --bind "$command" "$build/kashim"
cmp -s "$command" "$build/kashim"

# These expect the bare name of the library, which a command beside any loader does not use: not every one finds it.
cannot=('RunLibrary.BelowUsrItIsTheBareName' 'RunLibrary.WhereTheLoadersCacheHasIt'
    'Doctor.InstalledBelowUsrTheBareNameIsFound')
ctest --test-dir "$build" -E "$(IFS='|' && echo "${cannot[*]}")" "$@"
