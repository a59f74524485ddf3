#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/wire/timeline.sh [LIBRARY [PICTURE]]
#
# Redraws tests/wire/timeline.svg (or PICTURE): lets four connections of unmodified python3 clients lose their server in
# a network namespace, captures every packet, and has timeline.py draw what was captured. Takes 20 s. The library is
# that of build/ (or $BUILD) unless named; `packaging/try.sh` builds one.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export LC_ALL=C

fail()
{
    echo "timeline.sh: $*" >&2
    exit 1
}

server='
import socket
listener, held = socket.create_server(("127.0.0.1", 5432)), []
while True:
    connection = listener.accept()[0]
    connection.sendall(connection.recv(5))
    held.append(connection)'

# Is answered once, waits until it is told to go on, sends a request or does not, and waits for an answer.
client='
import errno, socket, sys, time
connection = socket.create_connection(("127.0.0.1", 5432))
connection.sendall(b"hello")
connection.recv(5)
print("port", connection.getsockname()[1], flush=True)
sys.stdin.readline()
if sys.argv[1] == "asks":
    connection.sendall(b"request")
try:
    connection.recv(1)
except OSError as error:
    print("ended", time.time(), errno.errorcode[error.errno], flush=True)'

probes='[defaults]
dead_after = "12s"
user_timeout = "off"'
probes_and_limit=${probes/off/auto}

# Seconds between the last byte of the idle connections and the cut, and from the cut to the end of the picture.
before_cut=2
after_cut=16

pids=()

# start NAME idle|asks [POLICY]: the client NAME.out, which waits for a line in NAME.in.
start()
{
    local name=$1 kind=$2 policy=${3:-}
    mkfifo "$name.in"
    if [[ $policy ]]; then
        echo "$policy" >"$name.toml"
        LD_PRELOAD=$library KASHIM_CONFIG=$PWD/$name.toml python3 -c "$client" "$kind" <>"$name.in" >"$name.out" &
    else
        python3 -c "$client" "$kind" <>"$name.in" >"$name.out" &
    fi
    pids+=($!)
    await "$name did not connect" grep -q port "$name.out"
}

# await MESSAGE COMMAND...: until the command succeeds, on a slow machine too.
await()
{
    local end=$((SECONDS + 300))
    until "${@:2}" >/dev/null 2>&1; do
        ((SECONDS < end)) || fail "$1"
        sleep 0.1
    done
}

measure()
{
    library=$1
    cd "$2"
    trap '((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null || true' EXIT
    ip link set lo up
    python3 -c "$server" &
    pids+=($!)
    await "the server did not start" sh -c 'ss -Htln src 127.0.0.1:5432 | grep .'
    tcpdump -i lo -n -tt -l --immediate-mode -Z root tcp port 5432 >packets 2>tcpdump.err &
    local tcpdump=$!
    pids+=("$tcpdump")
    await "tcpdump did not start" grep -q 'listening on' tcpdump.err

    start idle-bare idle
    start idle-probes idle "$probes"
    start asks-probes asks "$probes"
    start asks-limit asks "$probes_and_limit"
    sleep "$before_cut"
    nft -f - <<'NFT'
table inet timeline {
    chain wire {
        type filter hook input priority 0;
        tcp dport 5432 drop
        tcp sport 5432 drop
    }
}
NFT
    echo "$EPOCHREALTIME" >"cut"
    for name in idle-bare idle-probes asks-probes asks-limit; do
        echo >"$name.in"
    done
    sleep "$after_cut"
    for name in idle-probes asks-limit; do
        await "$name did not end" grep -q ended "$name.out"
    done
    echo "$EPOCHREALTIME" >watched
    # First, so that the farewell of what is killed next is not in the capture.
    kill "$tcpdump"
    wait "$tcpdump" || true
}

if [[ ${1:-} == --measure ]]; then
    measure "$2" "$3"
    exit
fi

bash "$root/packaging/apt-install.sh" tcpdump nftables iproute2 python3-minimal
library=${1:-$(find "${BUILD:-$root/build}" -name libkashim.so -type f 2>/dev/null | head -n 1)}
[[ $library ]] || fail "no libkashim.so in ${BUILD:-$root/build}: build it first, or name it"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Not -Urn as anybody: tcpdump does not work there.
way=(unshare -cn --keep-caps)
((EUID != 0)) || way=(unshare -n)
"${way[@]}" ip link set lo up || fail "skipped, because no network namespace can be made here"
"${way[@]}" bash "${BASH_SOURCE[0]}" --measure "$(realpath "$library")" "$work"
python3 "$here/timeline.py" "$work" "${2:-$here/timeline.svg}"
