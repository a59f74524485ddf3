#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# packaging/try.sh
#
# Installs what the build needs (Debian, Ubuntu), builds into build/ (or $BUILD), and shows what kashim is for: one
# client, started twice, waits for a server in a network namespace of its own; the wire is cut; the plain client hangs,
# the one with kashim is told when the rule says. Exit status 0 only if that is what happened.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
build=${BUILD:-$root/build}
# The distribution's tools before those of version managers; /sbin because nft and ip live there.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export LC_ALL=C

fail()
{
    echo "try.sh: $*" >&2
    exit 1
}

# The plain client must still wait this long after the other one has ended.
patience=5
# The rule says 6 s, counted from the connect. The kernel's timers and a busy machine may add to it.
earliest=6
latest=12

server='
import socket
listener, held = socket.create_server(("127.0.0.1", 5432)), []
while True:
    held.append(listener.accept())'
client='import socket; socket.create_connection(("127.0.0.1", 5432)).recv(1)'

# --- the second half: inside the network namespace --------------------------------------------------------------------

pids=()

# The line that ss has for a process's connection, without the process; nothing while there is none.
connection()
{
    ss -Htnop state established dst 127.0.0.1:5432 | grep -F "pid=$1," | sed -E 's/users:\(\(.*\)\) ?//; s/ +/ /g; s/ $//' || true
}

# What a client does whose line that is; the third number of ss's timer is that of the unanswered probes.
status()
{
    if [[ $1 =~ timer:\(keepalive,[^,]*,([0-9]+)\) ]]; then
        echo "waits, unanswered probes: ${BASH_REMATCH[1]}"
    else
        echo "waits"
    fi
}

# Seconds with one decimal since a time in microseconds.
since()
{
    local tenths=$(((${EPOCHREALTIME/./} - $1) / 100000))
    echo "$((tenths / 10)).$((tenths % 10))"
}

watch()
{
    local library=$1 folder=$2
    trap '((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null || true' EXIT
    ip link set lo up
    cd "$folder"

    cat >kashim.toml <<'TOML'
[[rule]]
name = "database"
port = 5432
dead_after = "6s"
TOML
    echo
    echo "--- kashim.toml"
    cat kashim.toml
    echo
    echo "--- the client, started twice, the second time with LD_PRELOAD=libkashim.so"
    echo "python3 -c '$client'"

    python3 -c "$server" &
    pids+=($!)
    local tries=0
    while [[ -z $(ss -Htln src 127.0.0.1:5432) ]]; do
        ((++tries < 100)) || fail "the server did not start"
        sleep 0.1
    done

    local start=${EPOCHREALTIME/./}
    python3 -c "$client" 2>bare.err &
    local bare=$!
    pids+=("$bare")
    LD_PRELOAD=$library KASHIM_CONFIG=kashim.toml KASHIM_LOG=debug KASHIM_LOG_FILE=kashim.log \
        python3 -c "$client" 2>kashim.err &
    local preloaded=$!
    pids+=("$preloaded")
    tries=0
    while [[ -z $(connection "$bare") || -z $(connection "$preloaded") ]]; do
        ((++tries < 100)) || fail "the clients did not connect: $(cat bare.err kashim.err)"
        sleep 0.1
    done

    local bare_line preloaded_line
    bare_line=$(connection "$bare")
    preloaded_line=$(connection "$preloaded")
    echo
    echo "--- ss -tno (which writes 1.5 seconds as 1.500ms)"
    echo "without:     ESTAB $bare_line"
    echo "with kashim: ESTAB $preloaded_line"
    [[ $bare_line != *timer:* && $preloaded_line == *"timer:(keepalive,"* ]] || fail "these are not the timers expected"

    echo
    echo "--- the wire is cut: nobody is told"
    echo "nft add rule inet try wire tcp dport 5432 drop; nft add rule inet try wire tcp sport 5432 drop"
    nft -f - <<'NFT'
table inet try {
    chain wire {
        type filter hook input priority 0;
        tcp dport 5432 drop
        tcp sport 5432 drop
    }
}
NFT

    echo
    printf '%8s   %-12s   %s\n' seconds without "with kashim"
    local second=0 ended="" ended_second=0 what
    while true; do
        kill -0 "$bare" 2>/dev/null || fail "the plain client ended: $(cat bare.err)"
        if (((${EPOCHREALTIME/./} - start) / 1000000 >= second)); then
            what="-"
            if [[ -z $ended ]]; then
                preloaded_line=$(connection "$preloaded")
                what=$(status "$preloaded_line")
            fi
            # Without a line the connection is dead, and the client is about to say so.
            if [[ $ended || $preloaded_line ]]; then
                printf '%8s   %-12s   %s\n' "$second" "$(status "$(connection "$bare")")" "$what"
                second=$((second + 1))
            fi
        fi
        if [[ -z $ended ]] && ! kill -0 "$preloaded" 2>/dev/null; then
            ended=$(since "$start")
            ended_second=$second
            printf '%8s   %-12s   %s\n' "$ended" "$(status "$(connection "$bare")")" "$(tail -n 1 kashim.err)"
        fi
        if [[ $ended ]]; then
            ((second < ended_second + patience)) || break
        else
            ((second <= latest)) || fail "the client with kashim still waits"
        fi
        sleep 0.1
    done

    local code=0
    wait "$preloaded" || code=$?
    echo
    echo "with kashim: ended after $ended s with exit status $code"
    echo "without: still waits after $(since "$start") s, and would for ever"
    echo
    echo "--- kashim.log"
    cat kashim.log

    grep -qF 'TimeoutError: [Errno 110]' kashim.err || fail "not the error expected: $(cat kashim.err)"
    ((${ended%.*} >= earliest)) || fail "ended before the rule allows"
    grep -qF '"database"' kashim.log || fail "the log does not name the rule"
}

if [[ ${1:-} == --watch ]]; then
    watch "$2" "$3"
    exit
fi

# --- the first half: install and build --------------------------------------------------------------------------------

bash "$here/apt-install.sh" "$here/build-packages.txt" iproute2 nftables python3-minimal

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

started=$SECONDS
if ! { cmake -S "$root" -B "$build" && cmake --build "$build" -j "$(nproc)" --target kashim_shim kashim_cli; } \
    >"$work/build.log" 2>&1; then
    tail -n 40 "$work/build.log" >&2
    fail "the build failed"
fi
grep -F 'warning: ' "$work/build.log" >&2 || true
library=$(find "$build" -name libkashim.so -type f | head -n 1)
[[ $library ]] || fail "the build made no libkashim.so"
echo "built ${library#"$root/"} in $((SECONDS - started)) s"
# The loader would cut the name of a directory with a space.
cp "$library" "$work/"

# A network namespace of our own: as root, inside a container that forbids the first, or as anybody.
if ((EUID == 0)); then
    ways=("unshare -cn --keep-caps" "unshare -n")
else
    ways=("unshare -Urn" "sudo unshare -n")
fi
for way in "${ways[@]}"; do
    # shellcheck disable=SC2086  # a command and its arguments
    if $way sh -c 'ip link set lo up && nft add table inet try' >"$work/way.log" 2>&1; then
        $way bash "${BASH_SOURCE[0]}" --watch "$work/libkashim.so" "$work"
        exit
    fi
done
cat "$work/way.log" >&2
fail "this system lets nobody make a network namespace with a packet filter here"
