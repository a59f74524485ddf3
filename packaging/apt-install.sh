#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# packaging/apt-install.sh PACKAGE|LIST.txt...
#
# Installs those of the named Debian packages that are missing; a name that ends in .txt is a file of names. Needs root
# or sudo only if something is missing, prints one line for it, and all that apt said if apt failed.
#
# Where releases differ, a name may be several: a|b is the first of them that this release has.
set -euo pipefail

names=()
for argument in "$@"; do
    if [[ $argument == *.txt ]]; then
        list=$(sed 's/#.*//' "$argument")
        # shellcheck disable=SC2206  # one name a word
        names+=($list)
    else
        names+=("$argument")
    fi
done

if ! command -v apt-get >/dev/null; then
    echo "no apt here: this needs what Debian calls ${names[*]}" >&2
    exit 0
fi

missing=()
for name in "${names[@]}"; do
    # shellcheck disable=SC2086  # one word for each alternative
    status=$(dpkg-query -W -f '${db:Status-Status} ' ${name//|/ } 2>/dev/null || true)
    [[ " $status" == *" installed "* ]] || missing+=("$name")
done
((${#missing[@]})) || exit 0

if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        echo "not root, and there is no sudo. As root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    exec sudo bash "${BASH_SOURCE[0]}" "${missing[@]}"
fi

log=$(mktemp)
# Debian starts a server as soon as it is installed, unless this file says no (invoke-rc.d(8)). Somebody else's stays.
policy=/usr/sbin/policy-rc.d
made_policy=
cleanup()
{
    rm -f "$log"
    if [[ $made_policy ]]; then
        rm -f "$policy"
    fi
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
if (set -o noclobber && printf '#!/bin/sh\nexit 101\n' >"$policy") 2>/dev/null; then
    made_policy=yes
    chmod 755 "$policy"
fi

install()
{
    local chosen=() name alternative
    for name in "${missing[@]}"; do
        for alternative in ${name//|/ }; do
            [[ -z $(apt-cache show "$alternative" 2>/dev/null) ]] || break
        done
        chosen+=("$alternative")
    done
    apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 "${chosen[@]}"
}

echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Without lists, or with old ones, the first try fails; a machine that is up to date need not ask for them.
if ! { install || { apt-get update -q && install; }; } >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    exit 1
fi
