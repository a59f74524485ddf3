#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/darwin/arena.sh ZIG HEADERS PROGRAM
#
# The parser in its arena as it is on macOS: with libc++, and with standard_library_darwin.cpp instead of what libc++ has
# compiled beforehand. Linked for Linux it runs here: PROGRAM parses each of its samples, and fails cleanly in every arena
# that is too small for it. HEADERS is the folder that toml++ is in. Exit status 0 where all of that went well.
set -euo pipefail

zig=$1 headers=$2 program=$3
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
src=$root/src

objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT

# As src/shim/macho.cmake has it. Two steps: -nostdlib++ takes zig's own headers away too.
compile()
{
    "$zig" c++ -target x86_64-linux-musl -c -std=c++20 -O2 -DNDEBUG -w \
        -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-stack-protector -fvisibility=hidden \
        -fvisibility-global-new-delete=force-hidden -D_LIBCPP_DISABLE_VISIBILITY_ANNOTATIONS \
        -include "$src/shim/standard_library_darwin.h" -I"$src" -isystem "$headers" -DKASHIM_VERSION='"0"' -DKASHIM_READER=0u \
        "$1" -o "$objects/$(basename "$(dirname "$1")")-$(basename "$1" .cpp).o"
}
export -f compile
export zig src headers objects
# shellcheck disable=SC2016  # it is the inner bash's argument
printf '%s\0' "$src"/policy/*.cpp "$src"/config/*.cpp "$src/platform/memory_posix.cpp" "$src/shim/arena.cpp" \
    "$src/shim/standard_library_darwin.cpp" "$root/tests/unit/arena_probe.cpp" |
    xargs -0 -n 1 -P "$(nproc)" bash -c 'compile "$1"' bash
"$zig" c++ -target x86_64-linux-musl -static -nostdlib++ "$objects"/*.o -o "$program"

# Name, bytes, bytes of arena, arenas that were too small.
said=$("$program")
echo "$said"
[[ $(wc -l <<<"$said") -ge 10 ]] && awk 'NF != 4 || $3 == 0 || $4 == 0 { bad = 1 } END { exit bad }' <<<"$said"
