#!/bin/sh
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# setuid.sh FOLDER LIBRARY STEPS CONFIGURATION: runs a copy of "steps" plain and setuid, as another user, with the
# library and its variables. Only a library that is itself setuid, in a folder that the loader trusts, is preloaded into
# a setuid program (ld.so(8)): so this must be root in a mount namespace of its own. 77: that cannot be had here.
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
