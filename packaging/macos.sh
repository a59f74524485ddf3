#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# packaging/macos.sh [FOLDER]
#
# Builds for macOS 11 and newer without a Mac, for both kinds of processor, and makes of each pair one universal file:
# FOLDER/universal-macos/libkashim.dylib (FOLDER is build-cross). A Mac needs none of this: there
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
lipo=$(compgen -c llvm-lipo | sort -V | tail -n 1)
if [[ -z $lipo ]]; then
    echo "macos.sh: there is no llvm-lipo here (Debian: apt-get install llvm)" >&2
    exit 69
fi
zig=$(bash "$here/zig.sh")

for processor in x86_64 aarch64; do
    build=$out/$processor-macos
    cmake -S "$root" -B "$build" --toolchain "$here/toolchains/$processor-macos.cmake" -DKASHIM_ZIG="$zig"
    cmake --build "$build" -j "$(nproc)" --target kashim_shim
done
"$lipo" -create "$out/x86_64-macos/libkashim.dylib" "$out/aarch64-macos/libkashim.dylib" \
    -output "$out/universal-macos/libkashim.dylib.new"
mv "$out/universal-macos/libkashim.dylib.new" "$out/universal-macos/libkashim.dylib"
echo "$out/universal-macos/libkashim.dylib"
