#!/bin/sh
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# setuid.sh FOLDER LIBRARY STEPS CONFIGURATION: runs a copy of "steps" plain and setuid, as another user, with the
# library and its variables, in both ways that reach a setuid program (ld.so(8)): by LD_PRELOAD, for which the library
# must itself be setuid and in a folder that the loader trusts, and by its whole path in /etc/ld.so.preload, for which
# it need not. So this must be root in a mount namespace of its own. 77: that cannot be had here.
folder=$1 library=$2 steps=$3 configuration=$4
loaders=$(ldd "$steps" | sed -n 's|.*libc\.so\.6 => \(.*\)/libc\.so\.6.*|\1|p')

mount -t tmpfs tmpfs "$folder" && mkdir "$folder/upper" "$folder/work" &&
    cp "$library" "$folder/upper/libkashim.so" && chmod 4755 "$folder/upper/libkashim.so" &&
    cp "$steps" "$folder/plain" && cp "$steps" "$folder/setuid" && chmod 4755 "$folder/setuid" &&
    mount -t overlay overlay -o "lowerdir=$loaders,upperdir=$folder/upper,workdir=$folder/work" "$loaders" ||
    exit 77

for program in plain setuid; do
    setpriv --reuid 65534 --clear-groups env LD_PRELOAD=libkashim.so KASHIM_CONFIG="$configuration" \
        KASHIM_OPTIONS=interval=7s "$folder/$program" "tcp $program" "show $program" || exit 1
done

# Not "/etc/ld.so.preload" itself, which may be missing: an overlay can add it.
mkdir "$folder/etc" "$folder/etc-work" && cp "$library" "$folder/libkashim-without-s.so" &&
    chmod 755 "$folder/libkashim-without-s.so" && echo "$folder/libkashim-without-s.so" >"$folder/etc/ld.so.preload" &&
    mount -t overlay overlay -o "lowerdir=/etc,upperdir=$folder/etc,workdir=$folder/etc-work" /etc || exit 77

for program in plain setuid; do
    setpriv --reuid 65534 --clear-groups env KASHIM_CONFIG="$configuration" KASHIM_OPTIONS=interval=7s \
        "$folder/$program" "tcp $program" "show $program" | sed "s/^values $program:/values $program-by-etc:/" || exit 1
done
