#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/try_install.sh PREFIX [CMAKE OPTIONS...]
#
# Builds into build/ (or $BUILD) with the compilers in $CC and $CXX, installs below PREFIX, and reads back what the kernel has
# for a connection of python3: bare, started with `kashim run`, and with the LD_PRELOAD of the drop-in that was installed. For a
# system that has what the build needs (packaging/build-packages.txt) and python3. Needs the right to write below PREFIX; for
# the prefix /usr also into /etc/kashim.
#
# Exit status 0 if everything was as expected.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${BUILD:-$root/build}
prefix=${1:?usage: tests/try_install.sh PREFIX [CMAKE OPTIONS...]}
shift
jobs=$(getconf _NPROCESSORS_ONLN)

cmake -S "$root" -B "$build" "$@"
cmake --build "$build" -j "$jobs" --target kashim_shim kashim_cli
cmake --install "$build" --prefix "$prefix"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '[[rule]]\npeer = "127.0.0.1"\ndirection = "outbound"\nidle = "123s"\ninterval = "45s"\n' >"$work/kashim.toml"
export KASHIM_CONFIG=$work/kashim.toml
program='
import socket
listener = socket.create_server(("127.0.0.1", 0))
with socket.create_connection(listener.getsockname()) as client:
    options = ((socket.SOL_SOCKET, socket.SO_KEEPALIVE), (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
               (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL))
    print(*(client.getsockopt(*option) for option in options))'
preload=$(sed -n 's/^Environment=//p' "$prefix/share/doc/kashim/examples/10-kashim.conf")

status=0
expect()
{
    if [[ $2 == "$3" ]]; then
        echo "ok      $1: $2"
    else
        echo "FAILED  $1: expected $2, came $3"
        status=1
    fi
}
"$prefix/bin/kashim" --version
expect "bare" 0 "$(python3 -c "$program" | cut -d ' ' -f 1)"
expect "kashim run" "1 123 45" "$("$prefix/bin/kashim" run python3 -c "$program" 2>&1)"
expect "$preload" "1 123 45" "$(env "$preload" python3 -c "$program" 2>&1)"
exit "$status"
