#!/bin/sh
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# word_sizes.sh debian|here|nowhere PLACE WORDS...: installs the builds in $WIDE (64 bits) and $NARROW (32 bits) with the prefix
# /usr, and runs a program of each behind the words: WORDS... PROGRAM. In a Debian that has the C libraries of both
# ($NARROW/debian), or on this system. Nothing stays: this must be root in a mount namespace of its own. nowhere: only
# whether that can be had.
set -e
where=$1 place=$2
shift 2

mount -t tmpfs tmpfs "$place"
mkdir "$place/root"
over()
{
    mkdir -p "$place/$3" "$place/$3.work"
    mount -t overlay overlay -o "lowerdir=$1,upperdir=$place/$3,workdir=$place/$3.work" "$2"
}

if [ "$where" = nowhere ]; then
    over /usr "$place/root" upper
    exit
elif [ "$where" = debian ]; then
    over "$NARROW/debian" "$place/root" upper
    root=$place/root
    cp "$(command -v busybox)" "$root/busybox"
    inside() { chroot "$root" /busybox "$@"; }
else
    over /usr /usr usr
    over /etc /etc etc
    root=
    inside() { "$@"; }
fi

for build in "$WIDE" "$NARROW"; do
    DESTDIR=$root "$KASHIM_CMAKE" --install "$build" --prefix /usr >"$place/install.log" 2>&1 ||
        { cat "$place/install.log" >&2; exit 1; }
done
[ "$where" = debian ] || ln -s ../lib/i386-linux-gnu/libkashim.so /usr/lib32/
printf '[defaults]\nidle = 33\n' >"$root/etc/kashim/kashim.toml"
"$WIDE/kashim" compile "$root/etc/kashim/kashim.toml" >"$place/compile.log"

mkdir -p "$root/usr/bin"
cp "$WIDE/tests/preload/programs/steps" "$root/usr/bin/wide"
cp "$NARROW/programs/steps" "$root/usr/bin/narrow"
for program in wide narrow; do
    inside "$@" "/usr/bin/$program" quiet 'tcp a' 'show a' |
        sed -n "s/^values a: .*\(idle=[0-9]*\).*/$program: \1/p"
done
