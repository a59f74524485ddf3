#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/distros.sh [--only STEP[,STEP...]] [RELEASE...] [-- CTEST ARGUMENTS]
#
# Builds and tries kashim on fresh Debian systems: bookworm, trixie and forky, or the releases that are named. Each is
# unpacked into a directory, becomes the root of a mount and process namespace, and is removed afterwards. A copy of this
# checkout, with its uncommitted changes, is in it. The steps:
#
#   try      packaging/try.sh
#   suite    tests/run.sh, with the ctest arguments
#   install  the README's commands that build and install with the prefix /usr; then kashim run on python3, with the
#            values read back from the kernel
#   abi      the tests of the library's symbols and of the installation
#
# All are run in this order unless --only names some. A table is printed at the end. Exit status 0 if nothing failed, 1 if
# a step did, 2 for wrong usage, 69 where such systems cannot be made; the last line then says why.
#
# Needs root, and debootstrap. The fresh systems are kept for a week in ${KASHIM_ROOTS:-~/.cache/kashim/roots}, with the
# packages that were downloaded and the log of each step.
# shellcheck disable=SC2317  # the steps are called by name
set -euo pipefail

self=$(realpath "${BASH_SOURCE[0]}")
here=$(dirname "$self")
checkout=$(dirname "$here")
roots=${KASHIM_ROOTS:-${HOME:-/root}/.cache/kashim/roots}
all_steps=(try suite install abi)
days=7          # a fresh system is this old at most
unavailable=69  # EX_UNAVAILABLE of sysexits.h

usage()
{
    echo "distros.sh: $*; the steps are ${all_steps[*]}" >&2
    exit 2
}

cannot()
{
    echo "distros.sh: $*" >&2
    exit "$unavailable"
}

# --- the steps, each in the fresh system and in the copy of the checkout ----------------------------------------------

step_try() { packaging/try.sh; }

step_suite() { tests/run.sh "$@"; }

# One connection over loopback; the client's values, as the kernel has them.
program='
import socket
listener = socket.create_server(("127.0.0.1", 0))
with socket.create_connection(listener.getsockname()) as client:
    print(client.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
          client.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
          client.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL))'

step_install()
{
    local default bare with
    packaging/apt-install.sh packaging/build-packages.txt python3-minimal
    cmake -S . -B build
    cmake --build build -j "$(nproc)"
    cmake --install build --prefix /usr

    cd /
    printf '[[rule]]\npeer = "127.0.0.1"\nidle = "123s"\ninterval = "45s"\n' >/etc/kashim/kashim.toml
    default="0 $(cat /proc/sys/net/ipv4/tcp_keepalive_time) $(cat /proc/sys/net/ipv4/tcp_keepalive_intvl)"
    bare=$(python3 -c "$program")
    with=$(kashim run python3 -c "$program")
    echo "SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL: bare $bare, with kashim run $with"
    [[ $bare == "$default" && $with == "1 123 45" ]]
}

step_abi()
{
    packaging/apt-install.sh packaging/build-packages.txt libgtest-dev
    cmake -S . -B build -DKASHIM_TESTS=ON
    cmake --build build -j "$(nproc)" --target library_test install_test
    ctest --test-dir build -L '^(library_test|install_test)$' --output-on-failure --no-tests=error -j "$(nproc)"
}

# compiler|toml++|libraries|newest glibc|undefined symbols
step_facts()
{
    local library=build/libkashim.so symbols needed newest undefined
    symbols=$(readelf --dyn-syms -W "$library")
    needed=$(readelf -dW "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | paste -sd ' ')
    newest=$(grep -oE '@GLIBC_[0-9.]+' <<<"$symbols" | tr -d @ | sort -Vu | tail -n 1)
    undefined=$(awk '$7 == "UND" && $8' <<<"$symbols" | wc -l)
    echo "g++ $(g++ -dumpfullversion)|$(dpkg-query -W -f '${Version}' libtomlplusplus-dev)|$needed|$newest|$undefined"
}

# --- inside the namespaces --------------------------------------------------------------------------------------------

# The directory becomes the root: pivot_root and not chroot, because the kernel forbids user namespaces in a chroot.
enter()
{
    local root=$1 packages=$2
    shift 2
    mount --bind "$root" "$root"
    cd "$root"
    mount -t proc proc proc
    mount --rbind /sys sys
    mount --rbind /dev dev
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
    mount -t tmpfs tmpfs dev/shm
    mount --bind "$packages" var/cache/apt/archives
    pivot_root . .
    umount -l .
    cd /srv/kashim
    exec env -i HOME=/root TERM=dumb LANG=C.UTF-8 CI="${CI:-}" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        bash tests/distros.sh --step "$@"
}

case ${1:-} in
    --enter)
        enter "${@:2}"
        ;;
    --step)
        "step_$2" "${@:3}"
        exit
        ;;
esac

# --- what is asked ----------------------------------------------------------------------------------------------------

steps=()
releases=()
while (($#)); do
    case $1 in
        --only)
            (($# > 1)) || usage "--only needs a step"
            IFS=, read -ra steps <<<"$2"
            shift
            ;;
        --) shift && break ;;
        -*) usage "unknown option $1" ;;
        *) releases+=("$1") ;;
    esac
    shift
done
ctest_arguments=("$@")
for step in "${steps[@]}"; do
    [[ " ${all_steps[*]} " == *" $step "* ]] || usage "unknown step $step"
done
((${#steps[@]})) || steps=("${all_steps[@]}")
((${#releases[@]})) || releases=(bookworm trixie forky)

((EUID == 0)) || cannot "needs root, to make the root of a Debian system and to enter it"
unshare --mount --pid --fork true 2>/dev/null || cannot "this system does not let even root make a mount namespace"
bash "$checkout/packaging/apt-install.sh" debootstrap debian-archive-keyring || cannot "debootstrap cannot be installed"
command -v debootstrap >/dev/null || cannot "debootstrap is not installed"
mirror=$(bash "$here/support/debian_mirror.sh") || cannot "apt does not know here where Debian's packages are"

mkdir -p "$roots"
roots=$(realpath "$roots")
exec 9>"$roots/lock"
flock --nonblock 9 || cannot "another run uses $roots"

# What runs in a namespace of ours ends with it, and the mounts go with the namespace.
running=
cleanup()
{
    [[ -z $running ]] || { kill -KILL "-$running" && wait "$running"; } 2>/dev/null || true
    rm -rf --one-file-system "$roots/making" "$roots/trying"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cleanup

# In the background with a process group of its own, so that a signal to this script is acted upon at once.
in_namespaces()
{
    local status=0
    set -m
    unshare --mount --pid --fork --kill-child --mount-proc "$@" </dev/null 9>&- &
    running=$!
    set +m
    wait "$running" || status=$?
    running=
    return "$status"
}

# --- the fresh systems ------------------------------------------------------------------------------------------------

# RELEASE.tar holds the system; it has that name only when it is complete.
make_fresh()
{
    local release=$1 root=$roots/making arguments=()
    [[ -z $(find "$roots" -maxdepth 1 -name "$release.tar" -mtime "-$days") ]] || return 0
    echo "$release: making the fresh system"
    rm -rf "$root" "$roots/$release.packages"
    # A release that is newer than this debootstrap is made like unstable.
    [[ -e /usr/share/debootstrap/scripts/$release ]] || arguments=(/usr/share/debootstrap/scripts/sid)
    in_namespaces debootstrap --variant=minbase "$release" "$root" "$mirror" "${arguments[@]}" \
        >"$roots/$release-making.log" 2>&1 || return
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
    echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/distros"
    tar --numeric-owner --xattrs -C "$root" -cf "$roots/$release.tar.part" . || return
    rm -rf "$root"
    mv "$roots/$release.tar.part" "$roots/$release.tar"
}

unpack()
{
    local release=$1 root=$roots/trying
    rm -rf --one-file-system "$root"
    mkdir -p "$root" "$roots/$release.packages"
    tar --numeric-owner --xattrs -C "$root" -xpf "$roots/$release.tar"
    # The system reaches its mirror as this machine does.
    cp -L --remove-destination /etc/resolv.conf "$root/etc/resolv.conf"
    { apt-config dump | grep '^Acquire::Check-' || true; printf '%s\n' "${proxies[@]}"; } >"$root/etc/apt/apt.conf.d/distros"
    mkdir "$root/srv/kashim"
    git -C "$checkout" -c "safe.directory=$checkout" ls-files -z --cached --others --exclude-standard |
        tar -C "$checkout" --null --verbatim-files-from --ignore-failed-read -T - -cf - |
        tar -C "$root/srv/kashim" --no-same-owner -xf -
}

in_root()
{
    in_namespaces bash "$self" --enter "$roots/trying" "$roots/$release.packages" "$@"
}

# debootstrap reads the environment, apt its configuration first.
proxies=()
for scheme in http https; do
    name=${scheme}_proxy
    proxy=${!name:-}
    eval "$(apt-config shell proxy "Acquire::$scheme::Proxy")"
    if [[ $proxy ]]; then
        export "$name=$proxy"
        proxies+=("Acquire::$scheme::Proxy \"$proxy\";")
    fi
done

rows=("release|$(IFS='|' && echo "${all_steps[*]}")|result|warnings|compiler|toml++|needs|glibc|undefined")
status=0
for release in "${releases[@]}"; do
    if ! make_fresh "$release"; then
        why=$(grep -E '^[EW]:' "$roots/$release-making.log" | tail -n 1 || true)
        rows+=("$release|-|-|-|-|cannot be made here: ${why:-see $roots/$release-making.log}")
        ((status == 1)) || status=$unavailable
        continue
    fi
    unpack "$release"
    row=$release result=passed warnings=0
    for step in "${all_steps[@]}"; do
        seconds=-
        if [[ " ${steps[*]} " == *" $step "* ]]; then
            log=$roots/$release-$step.log
            arguments=()
            [[ $step != suite ]] || arguments=("${ctest_arguments[@]}")
            echo "$release: $step"
            started=$SECONDS
            if in_root "$step" "${arguments[@]}" >"$log" 2>&1; then
                seconds=$((SECONDS - started))
                warnings=$((warnings + $(grep -c ' warning: ' "$log" || true)))
            else
                seconds=failed result=failed status=1
                grep -vE '^ *[0-9]+/[0-9]+ .* Passed|^ +Start ' "$log" | tail -n 400 >&2
            fi
        fi
        row+="|$seconds"
    done
    facts=
    [[ ! -e $roots/trying/srv/kashim/build/libkashim.so ]] || facts=$(in_root facts) || true
    rows+=("$row|$result|$warnings|$facts")
done

echo
printf '%s\n' "${rows[@]}" | awk -F '|' '
    { for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } }
    END { for (r = 1; r <= NR; r++) { line = ""; for (i = 1; i <= NF; i++) line = line sprintf("%-" width[i] + 2 "s", cell[r, i]); sub(/ +$/, "", line); print line } }'
exit "$status"
