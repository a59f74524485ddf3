#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/bench/run.sh
#
# Measures what kashim costs beside its peers, and writes it down: tests/bench/README.md, tests/bench/cost.svg and the
# part "What it costs" of the README. Installs what that needs (Debian, Ubuntu; as root or with sudo), builds into
# build-bench/ (or $BUILD) and installs below it. Takes a quarter of an hour on a machine that does nothing else, and
# wants two processors; QUICK=1 takes a tenth, and writes into the build folder only.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${BUILD:-$root/build-bench}
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export LC_ALL=C.UTF-8

bash "$root/packaging/apt-install.sh" "$root/packaging/build-packages.txt" libbenchmark-dev libgtest-dev \
    libkeepalive0 libdontdie0 nginx-light wrk redis-server redis-tools strace valgrind binutils python3-minimal
cmake -S "$root" -B "$build" -DKASHIM_BENCH=ON -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$build" -j "$(nproc)" --target bench >/dev/null
cmake --install "$build" --prefix "$build/installed" >/dev/null

bench=$build/tests/bench
results=$build/results.json
python3 "$root/tests/bench/measure.py" "$build/installed" "$bench" "$results"
lookups=$build/lookups.txt
for table in lookup_bench parse_bench; do
    "$bench/$table" --benchmark_color=false 2>/dev/null
done | grep ' ns \| us ' >"$lookups"
guard=$build/guard.txt
"$bench/sockets_bench" >"$guard"
if [[ ${QUICK:-} == 1 ]]; then
    echo "$results"
else
    python3 "$root/tests/bench/report.py" "$results" "$lookups" "$guard"
fi
