#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/compilers.sh [COMPILER...]
#
# Builds the library with each compiler (without arguments: every g++-N and clang++-N on this machine) and each set of
# flags below, holds every result against tests/abi, and prints a table of what it needs. With the set "plain" the command
# is built too. FLAGS="plain lto" chooses sets;
# LIBRARY_TEST=FILE names a library_test that is built already. Exit status 0 only if every library keeps the rules.
#
# A set's flags come before the library's own, as a distribution's do; those of last-... come after them, so that they win
# over the library's -O2 and -fno-lto. Each set is linked with relative relocation tables asked for, as on Arch.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${BUILD:-$root/build}
export LC_ALL=C

declare -A sets=(
    [plain]=""
    [debug]="-O0 -g"
    [hardened]="-g -O3 -fstack-protector-strong -fstack-clash-protection -fPIE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS"
    [lto]="-O2 -flto -fexceptions -Wp,-U_FORTIFY_SOURCE -Wp,-D_FORTIFY_SOURCE=3 -Wp,-D_GLIBCXX_ASSERTIONS"
    [last-O1]="-O1" [last-O3]="-O3" [last-Os]="-Os" [last-lto]="-flto"
)
order=(plain debug hardened lto last-O1 last-O3 last-Os last-lto)
if command -v dpkg-buildflags >/dev/null; then
    order+=(debian)
    sets[debian]=$(DEB_BUILD_MAINT_OPTIONS="hardening=+all optimize=+lto" dpkg-buildflags --get CXXFLAGS)
    sets[debian]+=" $(DEB_BUILD_MAINT_OPTIONS="hardening=+all" dpkg-buildflags --get CPPFLAGS)"
fi
# shellcheck disable=SC2206  # one name a word
[[ -z ${FLAGS:-} ]] || order=(${FLAGS})

compilers=("$@")
if ((${#compilers[@]} == 0)); then
    mapfile -t compilers < <(compgen -c | grep -xE '(clan)?g\+\+-[0-9]+' | sort -Vu)
    ((${#compilers[@]})) || compilers=(g++)
fi

test=${LIBRARY_TEST:-}
if [[ ! $test ]]; then
    cmake -S "$root" -B "$build" -DKASHIM_TESTS=ON >/dev/null
    cmake --build "$build" -j "$(nproc)" --target library_test >/dev/null
    test=$build/tests/abi/library_test
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# CMake puts the flags of a build before those of a target; a launcher can add some after them.
printf '#!/bin/sh\nexec "$@" %s\n' "\$KASHIM_LAST" >"$work/last"
chmod +x "$work/last"

# Those of the flags that this compiler does not refuse.
known_to()
{
    local flag
    for flag in "${@:2}"; do
        if echo 'int main() {}' | "$1" -x c++ -Werror -O1 "$flag" -o "$work/probe" - 2>/dev/null; then
            printf '%s ' "$flag"
        fi
    done
}

format='%-12s %-9s %-10s %-12s %7s %6s %6s  %s\n'
# shellcheck disable=SC2059  # the same columns in every row
printf "$format" compiler flags needs newest bytes undef reloc result
status=0
for compiler in "${compilers[@]}"; do
    for set in "${order[@]}"; do
        # shellcheck disable=SC2086  # one flag a word
        flags=$(known_to "$compiler" ${sets[$set]})
        out=$work/$compiler-$set
        log=$work/log
        arguments=(-DCMAKE_CXX_COMPILER="$compiler") targets=(kashim_shim)
        if [[ $set == plain ]]; then
            targets+=(kashim_cli)
        else
            arguments+=(-DKASHIM_CLI=OFF)
        fi
        export KASHIM_LAST=
        if [[ $set == last-* ]]; then
            KASHIM_LAST=$flags
            # What clang leaves for the linker to compile, the linker alone does not know.
            [[ $flags != *-flto* ]] || arguments+=(-DCMAKE_SHARED_LINKER_FLAGS="-flto")
            arguments+=(-DCMAKE_CXX_COMPILER_LAUNCHER="${CMAKE_CXX_COMPILER_LAUNCHER:+$CMAKE_CXX_COMPILER_LAUNCHER;}$work/last")
        else
            arguments+=(-DCMAKE_CXX_FLAGS="$flags" -DCMAKE_SHARED_LINKER_FLAGS="-Wl,-z,pack-relative-relocs $([[ $flags != *-flto* ]] || echo -flto)")
        fi
        result=ok
        if ! { cmake -S "$root" -B "$out" "${arguments[@]}" && cmake --build "$out" -j "$(nproc)" --target "${targets[@]}"; } >"$log" 2>&1; then
            result="does not build: $(grep -m 1 -E 'error|undefined reference' "$log")"
            needed=- newest=- bytes=- undefined=- relocations=-
        else
            file=$out/libkashim.so
            needed=$(readelf -dW "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | paste -sd ,)
            newest=$(readelf --dyn-syms -W "$file" | grep -oE '@GLIBC_[0-9.]+' | tr -d @ | sort -Vu | tail -n 1)
            undefined=$(readelf --dyn-syms -W "$file" | awk '$7 == "UND" && $8 != ""' | wc -l)
            relocations=$(readelf -rW "$file" | grep -c ' R_')
            bytes=$(stat -c %s "$file")
            KASHIM_TESTED_LIBRARY=$file "$test" --gtest_filter='Library.*' >"$log" 2>&1 ||
                result="breaks $(sed -n 's/^\[  FAILED  \] \(Library\.[A-Za-z0-9]*\).*/\1/p' "$log" | sort -u | paste -sd ' ')"
        fi
        [[ $result == ok ]] || { status=1; [[ -z ${VERBOSE:-} ]] || grep -E "error|undefined|in function|Failure|FAILED" "$log" | tail -n 40 >&2 || true; }
        # shellcheck disable=SC2059
        printf "$format" "$compiler" "$set" "$needed" "$newest" "$bytes" "$undefined" "$relocations" "$result"
        rm -rf "$out"
    done
done
exit "$status"
