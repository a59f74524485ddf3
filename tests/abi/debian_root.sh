#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# debian_root.sh FOLDER: a Debian with the C libraries of both word sizes (libc6:amd64, libc6:i386) and nothing else, from
# where this machine's apt gets Debian. Packages are unpacked, not installed. What is there already is kept.
set -euo pipefail

folder=$1
[[ ! -e $folder ]] || exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/root"
: >"$work/status"

options=(-q -o APT::Architecture=amd64 -o APT::Architectures::=amd64 -o APT::Architectures::=i386
    -o Dir::State="$work" -o Dir::State::status="$work/status" -o Dir::State::lists="$work/lists"
    -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none -o Debug::NoLocking=true)
cd "$work"
# What it cannot have of one source may be had of another: the download tells.
apt-get "${options[@]}" update || true
apt-get "${options[@]}" download libc6:amd64 libc6:i386
for package in ./*.deb; do
    dpkg-deb --extract "$package" root
done
# From Debian 13 on the packages hold /usr/lib alone: the links beside it are made at installation.
for place in lib lib32 lib64 libx32; do
    [[ -e root/$place || ! -d root/usr/$place ]] || ln -s "usr/$place" "root/$place"
done
mkdir -p root/etc root/tmp
mkdir -p "$(dirname "$folder")"
mv root "$folder"
