#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/bench/run.sh
#
# Installs what the benchmarks need (Debian, Ubuntu), builds them into build-bench/ (or $BUILD) and prints four tables:
# calls with and without the library, look-ups as rules grow, what reading a file costs, and what guarding ten thousand
# sockets does.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${BUILD:-$root/build-bench}

bash "$root/packaging/apt-install.sh" "$root/packaging/build-packages.txt" libbenchmark-dev libgtest-dev
cmake -S "$root" -B "$build" -DKASHIM_BENCH=ON -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$build" -j "$(nproc)" --target bench >/dev/null

bench=$build/tests/bench
library=$(find "$build" -name libkashim.so -type f | head -n 1)
uname -srm
for file in config/kashim.toml tests/bench/30-lines.toml; do
    echo
    echo "$file"
    "$bench/calls_bench" "$library" "$root/$file"
done
echo
"$bench/lookup_bench" --benchmark_color=false
echo
"$bench/parse_bench" --benchmark_color=false
echo
"$bench/live_bench"
