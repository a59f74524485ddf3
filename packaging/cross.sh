#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# packaging/cross.sh [TARGET...]
#
# Builds kashim for each target, or for those that are named, into build-cross/TARGET (or $BUILD/TARGET), runs those of its
# tests that this machine can run, and prints a table. Debian packages that are missing are installed.
#
#   x86_64-linux-gnu    the library as it is shipped, for glibc and musl, and the command
#   i386-linux-gnu      the library; runs here with libc6-i386
#   aarch64-linux-gnu   the library; runs here with qemu-user
#   x86_64-linux-musl   the command, static: runs in every container. Its compiler comes from npm
#   universal-macos     both for macOS, with the same compiler: looked at here, but nothing runs them
#
# The tests are this machine's own, which run programs of the other machines: those of the build in $HOST_BUILD, else of
# the one for x86_64-linux-gnu, which is made for them. $TESTS=no: nothing is run. $PURE=no: without tests/unit/elsewhere,
# which takes longest.
#
# A target that cannot be had on this machine (another processor, no network, no npm) is a row that says so. Exit status 0
# where nothing failed, 1 where a build or a test did, 2 for wrong usage.
# shellcheck disable=SC2317  # the steps are called by name
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
out=${BUILD:-$root/build-cross}
mkdir -p "$out"
out=$(cd "$out" && pwd)
host=${HOST_BUILD:-$out/x86_64-linux-gnu}
jobs=$(nproc)
known=(x86_64-linux-gnu i386-linux-gnu aarch64-linux-gnu x86_64-linux-musl universal-macos)
unavailable=69  # EX_UNAVAILABLE of sysexits.h

cannot()
{
    echo "$*" >&2
    exit "$unavailable"
}

packages()
{
    bash "$here/apt-install.sh" "$here/build-packages.txt" "$@" || cannot "these packages cannot be installed: $*"
}

# Where there is no apt to install it.
needs()
{
    command -v "$1" >/dev/null || cannot "$1 is not installed"
}

# --- the targets ------------------------------------------------------------------------------------------------------
#
# build_TARGET, files_TARGET (what it made, a path a line) and tests_TARGET, with - as _. A build exits with $unavailable
# where this machine cannot do it, and its last line says why. Tests print what became of them, as the table's last
# column, and fail where one of them did.

# The library alone.
build_library()
{
    cmake -S "$root" -B "$out/$1" --toolchain "$here/toolchains/$1.cmake" -DKASHIM_CLI=OFF
    cmake --build "$out/$1" -j "$jobs" --target kashim_shim
}

# The small programs of its tests, with the library beside them: TARGET FOLDER [CMAKE ARGUMENTS...]
build_programs()
{
    local target=$1 folder=$2
    shift 2
    cmake -S "$root/tests/preload/programs" -B "$folder" --toolchain "$here/toolchains/$target.cmake" "$@"
    cmake --build "$folder" -j "$jobs"
    ln -sf "$out/$target/libkashim.so" "$folder/libkashim.so"
}

# The tests of policy and config, which need no other machine's system.
build_pure_tests()
{
    [[ ${PURE:-yes} != no ]] || return 0
    packages googletest
    cmake -S "$root/tests/unit/elsewhere" -B "$out/$1/pure" --toolchain "$here/toolchains/$1.cmake"
    cmake --build "$out/$1/pure" -j "$jobs"
}

# The tests that are run for every target. Configured each time: it finds what was built for the others meanwhile.
build_tests()
{
    [[ $(uname -m) == x86_64 ]] || cannot "this machine is not x86-64"
    packages libgtest-dev
    cmake -S "$root" -B "$host" -DKASHIM_TESTS=ON -DKASHIM_CROSS="$out"
    cmake --build "$host" -j "$jobs" --target cross_tests
}

# The tests with this label: "N run, N passed". What is named behind it runs ctest.
run_tests()
{
    local log=$out/ctest.log status=0 counts failed all skipped
    local ctest=(ctest --test-dir "$host")
    (($# == 1)) || ctest=("${@:2}")
    bash "${BASH_SOURCE[0]}" --step build_tests >"$log" 2>&1 || { cat "$log" >&2; return 1; }
    "${ctest[@]}" -L "^$1\$" -j "$jobs" --output-on-failure --no-tests=error >"$log" 2>&1 || status=$?
    counts=$(sed -n -E 's/.*, ([0-9]+) tests failed out of ([0-9]+)/\1 \2/p' "$log")
    read -r failed all <<<"${counts:-0 0}"
    skipped=$(grep -cE '\*\*\*(Skipped|Not Run)' "$log") || true
    echo "$all run, $((all - failed - skipped)) passed$( ((skipped == 0)) || echo ", $skipped skipped")"
    ((status == 0)) || grep -vE '^ *[0-9]+/[0-9]+ .* Passed|^ +Start ' "$log" >&2
    return "$status"
}

build_x86_64_linux_gnu() { build_tests; }
files_x86_64_linux_gnu() { printf '%s\n' "$host/libkashim.so" "$host/kashim"; }
tests_x86_64_linux_gnu() { run_tests '(preload_test|library_test)'; }

build_i386_linux_gnu()
{
    packages g++-i686-linux-gnu libc6-i386 lib32stdc++6  # the last for threads that are cancelled
    needs i686-linux-gnu-g++
    build_library i386-linux-gnu
    build_pure_tests i386-linux-gnu
    build_programs i386-linux-gnu "$out/i386-linux-gnu/programs"
    # The same with 64-bit times: they call setsockopt by another name.
    build_programs i386-linux-gnu "$out/i386-linux-gnu/programs-time64" \
        -DCMAKE_C_FLAGS="-D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64"
    bash "$root/tests/abi/debian_root.sh" "$out/i386-linux-gnu/debian" ||
        echo "no Debian with the C libraries of both word sizes: tests that need it are skipped"
}
files_i386_linux_gnu() { echo "$out/i386-linux-gnu/libkashim.so"; }
tests_i386_linux_gnu() { run_tests '(i386-linux-gnu(-time64)?|word_sizes_test)'; }

build_aarch64_linux_gnu()
{
    local folder=$out/aarch64-linux-gnu/programs file emulator=qemu-aarch64-static
    packages g++-aarch64-linux-gnu 'qemu-user-static|qemu-user'
    needs aarch64-linux-gnu-g++
    command -v "$emulator" >/dev/null || emulator=qemu-aarch64  # its name since Debian 14
    needs "$emulator"
    build_library aarch64-linux-gnu
    build_pure_tests aarch64-linux-gnu
    build_programs aarch64-linux-gnu "$folder/foreign"
    cc -O -static -o "$folder/emulated" -DKASHIM_EMULATOR="\"$emulator\"" \
        -DKASHIM_ROOT='"/usr/aarch64-linux-gnu"' -DKASHIM_FOREIGN="\"$folder/foreign\"" "$root/tests/preload/emulated.c"
    for file in "$folder/foreign/"*; do
        if [[ $file == *.so ]]; then
            ln -sf "foreign/${file##*/}" "$folder/"
        elif [[ -f $file && -x $file ]]; then
            ln -sf emulated "$folder/${file##*/}"
        fi
    done
}
files_aarch64_linux_gnu() { echo "$out/aarch64-linux-gnu/libkashim.so"; }
tests_aarch64_linux_gnu() { run_tests aarch64-linux-gnu; }

build_x86_64_linux_musl()
{
    bash "$here/zig.sh" || exit  # it says why
    packages busybox-static musl-tools
    cmake -S "$root" -B "$out/x86_64-linux-musl" --toolchain "$here/toolchains/x86_64-linux-musl.cmake"
    cmake --build "$out/x86_64-linux-musl" -j "$jobs" --target kashim_cli
}
files_x86_64_linux_musl() { echo "$out/x86_64-linux-musl/kashim"; }
tests_x86_64_linux_musl()
{
    local containers status=0
    containers=$(run_tests static_test) || status=1
    echo -n "in containers $containers; as this machine's command "
    if ((EUID != 0)); then
        echo "not run (needs root)"
    else
        run_tests '(cli_test|programs_test|install_test)' \
            bash "$root/tests/static/as-built.sh" "$host" "$out/x86_64-linux-musl/kashim" || status=1
    fi
    return "$status"
}

build_universal_macos()
{
    packages llvm
    bash "$here/macos.sh" "$out"
}
files_universal_macos() { printf '%s\n' "$out/universal-macos/libkashim.dylib" "$out/universal-macos/kashim"; }
tests_universal_macos()
{
    local looked status=0
    looked=$(run_tests '(macos_library_test|macos_command_test)') || status=1
    echo "looked at: $looked; built, not run"
    return "$status"
}

# --- what is said of a file: its size, the newest symbol version or system it needs, the libraries --------------------

facts_of_elf()
{
    local needed newest
    needed=$(readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | paste -sd ' ')
    newest=$(readelf --dyn-syms -W "$1" | grep -oE '@GLIBC_[0-9.]+' | tr -d '@' | sort -Vu | tail -n 1) || true
    echo "${newest:-none}|${needed:-nothing}"
}

facts_of_macho()
{
    local objdump needed oldest
    objdump=$(compgen -c llvm-objdump | sort -V | tail -n 1)
    # Without its own name, which stands among them.
    needed=$("$objdump" --macho --dylibs-used "$1" | sed -n 's/^\t\([^@].*\) (comp.*/\1/p' | sort -u | paste -sd ' ')
    oldest=$("$objdump" --macho --private-headers "$1" | sed -n 's/^ *minos /macOS /p' | sort -Vu | paste -sd ' ')
    echo "$oldest|$needed"
}

facts_of()
{
    local facts
    if readelf -h "$1" >/dev/null 2>&1; then
        facts=$(facts_of_elf "$1")
    else
        facts=$(facts_of_macho "$1")
    fi
    echo "$(stat -c %s "$1")|$facts"
}

# --- all of them ------------------------------------------------------------------------------------------------------

# A step in a shell of its own: -e is in force in it, which it is not in a function that is part of a condition.
if [[ ${1:-} == --step ]]; then
    "$2"
    exit
fi

targets=("$@")
((${#targets[@]})) || targets=("${known[@]}")
for target in "${targets[@]}"; do
    if [[ " ${known[*]} " != *" $target "* ]]; then
        echo "cross.sh: there is no target $target; there are ${known[*]}" >&2
        exit 2
    fi
done

rows=('target|file|bytes|needs at least|libraries|tests')
status=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

add_rows()
{
    local target=$1 tests=$2 file
    while read -r file; do
        rows+=("$target|${file##*/}|$(facts_of "$file")|$tests")
        tests=
    done < <(bash "${BASH_SOURCE[0]}" --step "files_${target//-/_}")
}

for target in "${targets[@]}"; do
    echo "building $target"
    result=0
    bash "${BASH_SOURCE[0]}" --step "build_${target//-/_}" >"$log" 2>&1 || result=$?
    # What an earlier run made would be tested as if it were new.
    ((result == 0)) || rm -f "$out/$target"/{kashim,libkashim.so,libkashim.dylib}
    if ((result == unavailable)); then
        rows+=("$target|-|-|-|-|not to be had here: $(tail -n 1 "$log")")
    elif ((result != 0)); then
        cat "$log" >&2
        rows+=("$target|-|-|-|-|the build failed")
        status=1
    elif [[ ${TESTS:-yes} == no ]]; then
        add_rows "$target" "built, not run"
    else
        echo "testing $target"
        tests=$(bash "${BASH_SOURCE[0]}" --step "tests_${target//-/_}") || status=1
        add_rows "$target" "${tests:-they could not be built}"
    fi
done

echo
widths=(0 0 0 0 0 0)
for row in "${rows[@]}"; do
    IFS='|' read -ra cells <<<"$row"
    for i in "${!cells[@]}"; do
        ((${#cells[i]} <= widths[i])) || widths[i]=${#cells[i]}
    done
done
for row in "${rows[@]}"; do
    IFS='|' read -r target file bytes oldest libraries tests <<<"$row"
    printf "%-${widths[0]}s  %-${widths[1]}s  %${widths[2]}s  %-${widths[3]}s  %-${widths[5]}s  %s\n" \
        "$target" "$file" "$bytes" "$oldest" "$tests" "$libraries"
done
exit "$status"
