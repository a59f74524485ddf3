#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/macos/run.sh [--build FOLDER] [--cut] [--setuid]
#
# What only a Mac can tell: whether the library is loaded, what the kernel then has, and whether kashim doctor is right
# about it. Small programs run bare and with the library inserted; each row of the table says what was expected and what
# came. Every value is read by getsockopt(2) in the program, never from our own log.
#
#   --build FOLDER  takes kashim and libkashim.dylib from there; otherwise builds into build/macos, which needs Xcode's
#                   command line tools, CMake, and Homebrew's toml++, cli11, fmt, nlohmann-json
#   --cut           also cuts a connection on loopback with pf, which needs root (sudo asks), and takes half a minute
#   --setuid        also makes a program setuid root, with sudo
#
# Exit status: 0 everything came as expected, 1 something did not, 2 this cannot be run here.
#
# Written for bash 3.2, which macOS has. bash itself is a program of the system, so variables that begin with DYLD_ are
# given on the line of each program: what bash was started with has been taken away from it.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=
cut=
setuid=
while (($#)); do
    case $1 in
    --build) build=$2 && shift ;;
    --cut) cut=1 ;;
    --setuid) setuid=1 ;;
    *) echo "usage: tests/macos/run.sh [--build FOLDER] [--cut] [--setuid]" >&2 && exit 2 ;;
    esac
    shift
done
if [[ $(uname -s) != Darwin ]]; then
    echo "tests/macos/run.sh: this is for a Mac" >&2
    exit 2
fi
if [[ -z $build ]]; then
    build=$root/build/macos
    cmake -S "$root" -B "$build" && cmake --build "$build" || exit 2
fi
build=$(cd "$build" && pwd -P)
kashim=$build/kashim
library=$build/libkashim.dylib
for file in "$kashim" "$library"; do
    [[ -f $file ]] || { echo "tests/macos/run.sh: there is no $file" >&2 && exit 2; }
done

work=$(mktemp -d /tmp/kashim-macos.XXXXXX)
work=$(cd "$work" && pwd -P)
waiting=()
clean()
{
    local pid
    for pid in ${waiting[@]+"${waiting[@]}"}; do
        kill "$pid" 2>/dev/null
    done
    rm -rf "$work"
}
trap clean EXIT

cat >"$work/kashim.toml" <<TOML
[defaults]
idle = "25s"
interval = "5s"
count = 4
user_timeout = "auto"
TOML
cat >"$work/override.toml" <<TOML
[defaults]
idle = "25s"
interval = "5s"
count = 4
app = "override"
TOML
cat >"$work/short.toml" <<TOML
[defaults]
idle = "2s"
interval = "1s"
count = 3
TOML

good=0
bad=0
left_out=0
row()
{
    printf '%-9s %-58s %-40s %s\n' "$@"
}
# check WHAT EXPECTED GOT
check()
{
    if [[ $2 == "$3" ]]; then
        good=$((good + 1))
        row ok "$1" "$2" ""
    else
        bad=$((bad + 1))
        row FAILED "$1" "$2" "came: $3"
    fi
}
leave_out()
{
    left_out=$((left_out + 1))
    row "left out" "$1" "$2" ""
}

# compile NAME [FLAGS...]: the program of all these tests, in another form.
compile()
{
    local name=$1
    shift
    cc -O1 -o "$work/$name" "$@" "$root/tests/macos/programs/sockets.c" 2>"$work/$name.log"
}
# The values of one socket in what a program said, or "none".
values()
{
    sed -n "s/^values $1: //p" "$work/out" | grep . || echo none
}
bare()
{
    "$@" >"$work/out" 2>"$work/err"
}
inserted()
{
    DYLD_INSERT_LIBRARIES=$library KASHIM_CONFIG=${config:-$work/kashim.toml} "$@" >"$work/out" 2>"$work/err"
}
unchanged()
{
    grep -v '^values' "$work/out"
}
# The codes of a diagnosis, without what is always there.
doctor()
{
    "$kashim" doctor --config "$work/kashim.toml" --json "$@" 2>/dev/null |
        sed -n 's/.*"code": "\(.*\)",/\1/p' | grep -vx -e preload -e script | tr '\n' ' ' | sed 's/ $//'
}
# reach WHAT CODES PROGRAM: doctor's codes; and whether its exit status and the truth agree.
reach()
{
    local says=no is=no
    check "doctor: $1" "$2" "$(doctor "$3")"
    "$kashim" doctor --config "$work/kashim.toml" "$3" >/dev/null 2>&1 && says=yes
    inserted "$3" both
    [[ $(values client) == "$ours" ]] && is=yes
    check "truth: $1, reached" "$says" "$is"
}

ours='keepalive=1 idle=25 interval=5 count=4 user_timeout=45'

row "" WHAT EXPECTED ""

compile sockets || { echo "tests/macos/run.sh: cc does not compile: $(cat "$work/sockets.log")" >&2 && exit 2; }
program=$work/sockets

bare "$program" both
theirs=$(values client)
check "a bare program has no keepalive" keepalive=0 "${theirs%% *}"
fresh=$(values fresh)

# 1. Each way to connect and accept, and nothing else.
for way in both nocancel connectx; do
    bare "$program" "$way"
    unchanged >"$work/bare"
    inserted "$program" "$way"
    check "$way: the client, after connect" "$ours" "$(values client)"
    check "$way: the server's side, after accept" "$ours" "$(values server)"
    check "$way: the listener is untouched" "${theirs%% *}" "$(values listener | sed 's/ .*//')"
    check "$way: nothing happens at socket()" "$fresh" "$(values fresh)"
    check "$way: results and errno are those of the bare program" "$(cat "$work/bare")" "$(unchanged)"
    check "$way: nothing is printed" "" "$(cat "$work/err")"
done
inserted "$program" nonblocking
check "a non-blocking connect" "$ours" "$(values client)"
for scenario in refused others; do
    bare "$program" "$scenario"
    unchanged >"$work/bare"
    inserted "$program" "$scenario"
    check "$scenario: as in the bare program" "$(cat "$work/bare")" "$(unchanged)"
done

# 2. Who wins.
inserted "$program" own
check "respect: the program's own idle, set before connect" idle=77 "$(values before | cut -d' ' -f2)"
check "respect: set after it" idle=99 "$(values after | cut -d' ' -f2)"
config=$work/override.toml inserted "$program" own
check "override: set before connect" idle=25 "$(values before | cut -d' ' -f2)"
check "override: set after it" idle=25 "$(values after | cut -d' ' -f2)"

# 3. What keeps the library out, and what doctor says of it.
reach "an ordinary program" "" "$program"
if compile restricted -Wl,-sectcreate,__RESTRICT,__restrict,/dev/null; then
    reach "a section __RESTRICT" restricted "$work/restricted"
fi
variables=com.apple.security.cs.allow-dyld-environment-variables
libraries=com.apple.security.cs.disable-library-validation
entitlements()
{
    local key
    echo '<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>'
    for key; do
        echo "<key>$key</key><true/>"
    done
    echo '</dict></plist>'
}
entitlements "$variables" >"$work/one.plist"
entitlements "$variables" "$libraries" >"$work/both.plist"
signed()
{
    local name=$1
    shift
    cp "$program" "$work/$name"
    codesign --force --sign - "$@" "$work/$name" 2>/dev/null
}
signed hardened --options runtime
reach "the hardened runtime" hardened "$work/hardened"
signed one --options runtime --entitlements "$work/one.plist"
reach "hardened, takes variables" library-validation "$work/one"
signed both --options runtime --entitlements "$work/both.plist"
reach "hardened, takes variables and libraries" "" "$work/both"
if signed restrict --options restrict; then
    reach "the flag restrict" restricted "$work/restrict"
else
    leave_out "the flag restrict" "codesign does not know it"
fi

check "doctor: a program of the system" sip "$(doctor /usr/bin/true)"
DYLD_INSERT_LIBRARIES=$library KASHIM_LOG=info /usr/bin/true 2>"$work/err"
check "truth: the system takes the variable away" "" "$(cat "$work/err")"
printf '#!/bin/sh\nexec %s both\n' "$program" >"$work/script"
chmod +x "$work/script"
check "doctor: a script for /bin/sh" sip "$(doctor "$work/script")"
inserted "$work/script"
check "truth: what it starts is not reached" "$theirs" "$(values client)"
printf '#!/usr/bin/env %s\n' "$program" >"$work/by-env"
chmod +x "$work/by-env"
check "doctor: a script for /usr/bin/env" sip "$(doctor "$work/by-env")"
check "doctor: a path that is not there" not-found "$(doctor "$work/nothing")"

# 4. Processors.
check "the library's slices" "arm64 x86_64" "$(lipo -archs "$library" | tr ' ' '\n' | sort | tr '\n' ' ' | sed 's/ $//')"
if [[ $(sysctl -n hw.optional.arm64 2>/dev/null) == 1 ]]; then
    if compile intel -arch x86_64 && "$work/intel" others >/dev/null 2>&1; then
        inserted "$work/intel" both
        check "Rosetta: an Intel program gets the Intel part" "$ours" "$(values client)"
        check "doctor: an Intel program" translated "$(doctor "$work/intel")"
    else
        leave_out "an Intel program" "no Rosetta: softwareupdate --install-rosetta"
    fi
    if compile arm64e -arch arm64e; then
        check "doctor: an arm64e program" arm64e "$(doctor "$work/arm64e")"
    fi
    compile universal -arch x86_64 -arch arm64 && inserted "$work/universal" both
    check "a universal program" "$ours" "$(values client)"
else
    leave_out "Rosetta, arm64e" "this Mac has an Intel processor"
fi

# 5. The command.
"$kashim" run --config "$work/kashim.toml" "$program" both >"$work/out" 2>"$work/err"
check "run: exit status" 0 $?
check "run: the client" "$ours" "$(values client)"
check "run: not a word" "" "$(cat "$work/err")"
"$kashim" run --set idle=31s "$program" both >"$work/out" 2>&1
check "run --set" idle=31 "$(values client | cut -d' ' -f2)"
check "run --dry-run names the library" 1 \
    "$("$kashim" run --dry-run "$program" both | grep -c "^  env DYLD_INSERT_LIBRARIES=$library ")"
"$kashim" run /usr/bin/true 2>"$work/err"
check "run: a program of the system is refused" 125 $?
check "run: and why" 1 "$(grep -c 'System Integrity Protection' "$work/err")"
"$kashim" run /nowhere 2>/dev/null
check "run: no such program" 127 $?
for verb in show apply guard; do
    "$kashim" "$verb" --all >/dev/null 2>"$work/err"
    check "$verb: is for Linux" 2 $?
    check "$verb: says so" 1 "$(grep -c 'on Linux only' "$work/err")"
done
"$kashim" check "$work/kashim.toml" >/dev/null 2>&1
check "check" 0 $?
"$kashim" explain --config "$work/kashim.toml" --outbound 127.0.0.1:5432 >"$work/out" 2>&1
check "explain: this system's kernel" 1 "$(grep -c '^a dead peer of an idle connection, on macOS' "$work/out")"
cp "$work/kashim.toml" "$work/compiled.toml"
"$kashim" compile "$work/compiled.toml" >/dev/null
check "compile" 0 $?
config=$work/compiled.toml inserted "$program" both
check "the compiled form says the same" "$ours" "$(values client)"

# 6. Running processes.
DYLD_INSERT_LIBRARIES=$library KASHIM_CONFIG=$work/kashim.toml "$program" wait >"$work/wait" &
waiting+=($!)
with=$!
"$program" wait >"$work/wait-bare" &
waiting+=($!)
without=$!
for ((i = 0; i < 100; ++i)); do
    grep -q connected "$work/wait" && grep -q connected "$work/wait-bare" && break
    sleep 0.1
done
check "doctor PID: loaded" loaded "$(doctor "$with")"
check "doctor PID: not loaded" "not-loaded not-asked" "$(doctor "$without")"
check "explain --pid: what rules see of it" 0 \
    "$("$kashim" explain --pid "$with" --outbound 127.0.0.1:80 >/dev/null 2>&1; echo $?)"
kill "$with" "$without"
wait "$with" "$without" 2>/dev/null
waiting=()

# 7. With root.
if [[ -n $setuid ]]; then
    cp "$program" "$work/setuid"
    sudo chown root "$work/setuid" && sudo chmod 4755 "$work/setuid"
    reach "a setuid program" setuid "$work/setuid"
else
    leave_out "a setuid program" "--setuid"
fi
if [[ -n $cut ]]; then
    # Two connections, one with the library; then nothing passes any more, and nobody is told.
    DYLD_INSERT_LIBRARIES=$library KASHIM_CONFIG=$work/short.toml "$program" wait 42101 >"$work/wait" &
    waiting+=($!)
    with=$!
    "$program" wait 42102 >"$work/wait-bare" &
    waiting+=($!)
    without=$!
    for ((i = 0; i < 100; ++i)); do
        grep -q connected "$work/wait" && grep -q connected "$work/wait-bare" && break
        sleep 0.1
    done
    # pf keeps a count of who wants it on: -E gives a token, -X gives it back.
    printf 'block drop quick proto tcp from any to any port 42101:42102\nblock drop quick proto tcp from any port 42101:42102 to any\n' |
        sudo pfctl -q -a com.apple/kashim -f - 2>/dev/null
    token=$(sudo pfctl -E 2>&1 | sed -n 's/^Token : //p')
    sudo pfctl -q -a com.apple/kashim -F states 2>/dev/null
    for ((i = 0; i < 200; ++i)); do
        kill -0 "$with" 2>/dev/null || break
        sleep 0.1
    done
    ended=$(sed -n 's/^values end: //p' "$work/wait")
    check "a cut wire: the read ends with ETIMEDOUT (60)" "read -1, errno 60" "${ended%, after*}"
    seconds=$(sed -n 's/.*after \([0-9]*\) s$/\1/p' "$work/wait")
    check "a cut wire: after 5 s, 2 + 3 x 1 (4 to 8 pass)" yes \
        "$([[ ${seconds:-0} -ge 4 && ${seconds:-0} -le 8 ]] && echo yes || echo "${seconds:-never}")"
    check "a cut wire: without the library it still waits" yes "$(kill -0 "$without" 2>/dev/null && echo yes || echo no)"
    sudo pfctl -q -a com.apple/kashim -F all 2>/dev/null
    [[ -n $token ]] && sudo pfctl -q -X "$token" 2>/dev/null
else
    leave_out "a cut wire" "--cut"
fi

echo
echo "as expected: $good, not: $bad, left out: $left_out"
((bad == 0))
