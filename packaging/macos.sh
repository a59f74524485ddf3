#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# packaging/macos.sh [FOLDER]
#
# Builds for macOS 11 and newer without a Mac, for both kinds of processor, and makes of each pair one universal file:
# FOLDER/universal-macos/kashim and libkashim.dylib (FOLDER is build-cross), whose paths are the last two lines. The
# programs of tests/macos are compiled too, and thrown away. A Mac needs none of this: there
#
#   cmake -S . -B build -DCMAKE_OSX_ARCHITECTURES="arm64;x86_64" && cmake --build build
#
# does. Exit status 0; 69 if it cannot be done on this machine (no npm, no network, no llvm), which is no fault of ours; 1
# for everything else.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
out=${1:-$root/build-cross}
mkdir -p "$out/universal-macos"
out=$(cd "$out" && pwd)

# Debian's name has the version behind it.
lipo=$(compgen -c llvm-lipo | sort -V | tail -n 1) || true
if [[ -z $lipo ]]; then
    echo "macos.sh: there is no llvm-lipo here (Debian: apt-get install llvm)" >&2
    exit 69
fi
zig=$(bash "$here/zig.sh")

for processor in x86_64 aarch64; do
    build=$out/$processor-macos
    cmake -S "$root" -B "$build" --toolchain "$here/toolchains/$processor-macos.cmake" -DKASHIM_ZIG="$zig"
    cmake --build "$build" -j "$(nproc)" --target kashim_shim kashim_cli
    for program in "$root"/tests/macos/programs/*.c; do
        "$zig" cc -target "$processor-macos" -Wall -Wextra -Werror -o "$build/${program##*/}.out" "$program"
    done
done
# The one part of the library that can run here with the same C++ library.
bash "$root/tests/darwin/arena.sh" "$zig" "$out/x86_64-macos/headers/include" "$out/x86_64-macos/arena_probe"
for file in kashim libkashim.dylib; do
    "$lipo" -create "$out/x86_64-macos/$file" "$out/aarch64-macos/$file" -output "$out/universal-macos/$file.new"
    mv "$out/universal-macos/$file.new" "$out/universal-macos/$file"
done
printf '%s\n' "$out/universal-macos/kashim" "$out/universal-macos/libkashim.dylib"
