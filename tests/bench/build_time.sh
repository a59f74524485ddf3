#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/bench/build_time.sh [UNITS]
#
# Builds the library, the command and the tests from nothing, one after the other, and prints the processor time and the
# wall time of each, then the UNITS slowest files (15). Nothing is kept. A cache of compilations is not asked.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
units=${1:-15}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C CCACHE_DISABLE=1
unset CMAKE_C_COMPILER_LAUNCHER CMAKE_CXX_COMPILER_LAUNCHER

# Writes one line a compilation: processor time, and what was made.
cat >"$work/timed" <<'SCRIPT'
#!/usr/bin/env bash
made=$(printf '%s\n' "$@" | grep -m 1 -E '\.(o|gch|pch)$')
status=0
exec 3>&2
TIMEFORMAT='%3U %3S'
used=$({ time "$@" 2>&3 >&3; } 2>&1) || status=$?
[[ ! $made ]] || echo "$used $made" >>"$KASHIM_TIMES"
exit "$status"
SCRIPT
chmod +x "$work/timed"
export KASHIM_TIMES=$work/times

cmake -S "$root" -B "$work/build" -DKASHIM_TESTS=ON -DCMAKE_CXX_COMPILER_LAUNCHER="$work/timed" >/dev/null
printf '%-10s %10s %10s %7s\n' target 'cpu s' 'wall s' units
for target in kashim_shim kashim_cli all; do
    : >"$KASHIM_TIMES"
    started=$SECONDS
    cmake --build "$work/build" -j "$(nproc)" --target "$target" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    awk -v target="$target" -v wall=$((SECONDS - started)) \
        '{ sum += $1 + $2 } END { printf "%-10s %10.0f %10d %7d\n", target == "all" ? "tests" : target, sum, wall, NR }' "$KASHIM_TIMES"
    cat "$KASHIM_TIMES" >>"$work/every"
done
echo
echo "slowest, cpu s"
awk '{ printf "%6.1f  %s\n", $1 + $2, $3 }' "$work/every" | sort -rn | head -n "$units" |
    sed -E 's#CMakeFiles/([a-z_0-9]+)\.dir/#\1: #; s#\.o$##'
