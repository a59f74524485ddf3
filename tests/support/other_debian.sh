#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/support/other_debian.sh RELEASE FOLDER
#
# Another Debian release to run programs in: FOLDER/root holds its C library with the headers, and some of its programs;
# FOLDER/programs those of tests/preload, built for that C library. Packages come from where this machine's apt gets
# Debian; they are unpacked and not installed, so nothing here needs to be root. What is there already is kept.
set -euo pipefail

release=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
architecture=$(dpkg --print-architecture)

# Beside the C library: what pthread_cancel needs, and clients, with libdl (before glibc 2.34 the home of dlsym) and without.
packages=(libc6-dev libgcc-s1 libstdc++6 dash bash perl-base python3-minimal netcat-traditional)

unpack()
{
    local apt=$folder/apt mirror
    mirror=$(bash "$here/support/debian_mirror.sh")
    rm -rf "$apt" "$folder/root"
    mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$folder/root"
    : >"$apt/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" >"$apt/sources.list"
    cat >"$apt/apt.conf" <<END
Dir::State "$apt/state";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Cache::archives "archives";
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
APT::Architecture "$architecture";
APT::Architectures "$architecture";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::http::Timeout "20";
Debug::NoLocking "true";
Binary::apt-get::DPkg::Pre-Install-Pkgs "";
END
    export APT_CONFIG=$apt/apt.conf
    apt-get -q -o APT::Update::Error-Mode=any update
    apt-get -q -y --no-install-recommends --download-only install "${packages[@]}"
    for package in "$apt"/cache/archives/*.deb; do
        dpkg-deb --extract "$package" "$folder/root"
    done
    mkdir -p "$folder/root/dev"
    : >"$folder/root/dev/null"  # perl -e opens it
    # What points to another place in the root shall do so from outside too.
    find "$folder/root" -type l -lname '/*' | while read -r link; do
        ln -srfn "$folder/root$(readlink "$link")" "$link"
    done
    rm -rf "$apt"
}

build_programs()
{
    local root=$folder/root triplet loader
    triplet=$(gcc -print-multiarch)
    loader=$(readelf --program-headers /bin/sh | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
    # The compiler's own folders, which are this release's, come after these.
    local compiler=(-B "$root/usr/lib/$triplet")
    # Loader and libraries of the root without a chroot; RPATH, because it holds for the libraries' libraries too. What
    # is not used is not needed, or libdl would be in all of them.
    local linker=(-L "$root/usr/lib/$triplet" -L "$root/lib/$triplet" -Wl,--as-needed -Wl,--allow-shlib-undefined
        -Wl,--dynamic-linker="$root/lib/$triplet/$(basename "$loader")"
        -Wl,--disable-new-dtags -Wl,-rpath="$root/lib/$triplet:$root/usr/lib/$triplet")
    cmake -S "$here/preload/programs" -B "$folder/programs" -DCMAKE_BUILD_TYPE=Release -DCMAKE_SYSROOT="$root" \
        -DCMAKE_C_FLAGS="${compiler[*]}" -DCMAKE_CXX_FLAGS="${compiler[*]}" -DCMAKE_EXE_LINKER_FLAGS="${linker[*]}" \
        -DCMAKE_SHARED_LINKER_FLAGS="${linker[*]}"
    cmake --build "$folder/programs"
}

# All that is done goes to a file; why it could not be done is told in one line.
log=$folder/log
exec 3>&2 >"$log" 2>&1
say_why()
{
    (($? == 0)) ||
        echo "Debian $release is not to be had here: $(grep -E '^(E:|CMake Error)|error:' "$log" | head -n 1)" >&3
}
trap say_why EXIT

if [[ ! -e $folder/unpacked ]]; then
    unpack
    touch "$folder/unpacked"
fi
build_programs
