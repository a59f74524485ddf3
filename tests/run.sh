#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/run.sh [CTEST ARGUMENTS]
#
# Installs what the tests need (Debian, Ubuntu), configures and builds into build/ (or $BUILD), and runs every test.
# With CI=true a skipped test is a failure: what was not run was not proved.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${BUILD:-$root/build}

bash "$root/packaging/apt-install.sh" "$root/packaging/build-packages.txt" "$root/tests/packages.txt"
cmake -S "$root" -B "$build" -DKASHIM_TESTS=ON
cmake --build "$build" -j "$(nproc)"

log=$(mktemp)
KASHIM_WIRE_SUMMARY=$(mktemp)
export KASHIM_WIRE_SUMMARY
trap 'rm -f "$log" "$KASHIM_WIRE_SUMMARY"' EXIT

# Containers of a user's own are made in user namespaces. Some machines forbid them, and in a chroot the kernel does
# (create_user_ns in kernel/user_namespace.c): there these tests cannot run, which is said and not called a failure.
without=()
if ! unshare --user true 2>/dev/null; then
    in_user_namespaces='LiveNamespaces\.OfAnUnprivileged|LiveTaken\.IsRefusedInAUserNamespace'
    in_user_namespaces+='|LiveWatch\.SeesIntoTheNetworkOfAContainer|GuardProgramsTest\.AProgramInNamespacesOfItsOwn'
    in_user_namespaces+='|GuardUnitTest\.InABootedSystemd|Apply\.AProcessInAnotherNetworkNamespace'
    in_user_namespaces+='|Show\.TheSocketsOfAnotherNetworkNamespace|Show\.UnansweredProbes'
    without=(-E "$in_user_namespaces")
    echo "this machine lets nobody make a user namespace; left out, and not proved here: ${in_user_namespaces//\\/}"
fi

# ctest's closing lines are held back, so that they are the last ones whatever is said about skipped tests.
closing='/^[0-9]+% tests passed/'
status=0
ctest --test-dir "$build" --output-on-failure --no-tests=error -j 2 "${without[@]}" "$@" 2>&1 | tee "$log" |
    sed -u -E "$closing,\$d" || status=$?

if [[ -s $KASHIM_WIRE_SUMMARY ]]; then
    echo
    echo "the wire, cut and measured: case | expected | measured | probes | error"
    sort "$KASHIM_WIRE_SUMMARY"
    echo
fi

skipped=$(grep -cE '\*\*\*(Skipped|Not Run)' "$log" || true)
if ((skipped > 0)); then
    echo "$skipped skipped:"
    grep -E '\*\*\*(Skipped|Not Run)' "$log"
    if [[ ${CI:-} == true && $status == 0 ]]; then
        echo "CI=true: a skipped test is a failure"
        status=1
    fi
fi
sed -n -E "$closing,\$p" "$log"
exit "$status"
