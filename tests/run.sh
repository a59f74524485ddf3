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
# The libraries for other machines first: what can run here of their tests runs beside the others.
BUILD=$build/cross HOST_BUILD=$build TESTS=no PURE=no bash "$root/packaging/cross.sh" i386-linux-gnu aarch64-linux-gnu
echo "not built here: the static command, and what is for macOS; packaging/cross.sh builds and tests them"
cmake -S "$root" -B "$build" -DKASHIM_TESTS=ON -DKASHIM_CROSS="$build/cross"
cmake --build "$build" -j "$(nproc)"

log=$(mktemp)
KASHIM_WIRE_SUMMARY=$(mktemp)
export KASHIM_WIRE_SUMMARY
trap 'rm -f "$log" "$KASHIM_WIRE_SUMMARY"' EXIT

# What this machine does not have cannot be tested on it: that is said, and not called a failure.
cannot=()
# Containers of a user's own are made in user namespaces. Some machines forbid them, and in a chroot the kernel does
# (create_user_ns in kernel/user_namespace.c).
if ! unshare --user true 2>/dev/null; then
    cannot+=('LiveNamespaces.OfAnUnprivileged' 'LiveTaken.IsRefusedInAUserNamespace'
        'LiveWatch.SeesIntoTheNetworkOfAContainer' 'GuardProgramsTest.AProgramInNamespacesOfItsOwn'
        'GuardUnitTest.InABootedSystemd' 'Apply.AProcessInAnotherNetworkNamespace'
        'Show.TheSocketsOfAnotherNetworkNamespace' 'Show.UnansweredProbes')
    # Only root may change its root directory without one.
    ((EUID == 0)) || cannot+=('DebianReleaseTest')
fi
# Root's tests run some programs as another user, who may not enter every checkout: not one below /root.
if ((EUID == 0)) && ! setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$build" 2>/dev/null; then
    echo "other users may not enter $build"
    cannot+=('Compiled.IsLeftWhereTheFileItselfMayNotBeRead' 'Load.AnUnreadableConfiguration' 'Load.ASetuidProgram'
        'GuardSetuidTest.ASetuidProgram' 'GuardRulesTest.AFoundFileThatIsRemoved' 'Compile.SaysWhyItCannotWrite'
        'Explain.AFileThatWasPassedOver' 'Explain.ThatNobodyCanTell' 'RunKeeps.TheUser' 'RunUnreached.ASetuidProgram')
fi
# In a container the kernel's own threads are not seen.
if [[ $(cat /proc/2/comm 2>/dev/null) != kthreadd ]]; then
    cannot+=('ShowLimits.AThreadOfTheKernelIsNoTarget')
fi
# Other versions of glibc: those of other Debian releases, as far as they are still to be had.
for release in bullseye trixie; do
    if ! bash "$root/tests/support/other_debian.sh" "$release" "$build/roots/$release"; then
        cannot+=("^$release:" "DebianReleaseTest.*/$release")
    fi
done
# Some virtual machines run no 32-bit programs, though their kernel could: the loader of libc6-i386 tells. What
# is not run but only looked at, i386-linux-gnu:Library..., is tested all the same.
if ! /lib/ld-linux.so.2 --version >/dev/null 2>&1; then
    cannot+=('^i386[^:]*:([^L]|L[^i]|Li[^b])' 'WordSizes' 'Doctor.AProgramOfAnotherWordSizeIsNot' 'DoctorOfProcess.OneOfAnotherWordSizeIsNot'
        'Doctor.InstalledBelowUsrTheBareNameIsFoundForProgramsOfItsKind')
# Where apt has nothing for i386, or no network.
elif [[ ! -d $build/cross/i386-linux-gnu/debian ]]; then
    cannot+=('WordSizesOfDebian')
fi
for target in i386-linux-gnu aarch64-linux-gnu; do
    [[ -e $build/cross/$target/libkashim.so ]] || cannot+=("^$target")
done
without=()
if ((${#cannot[@]})); then
    without=(-E "$(IFS='|' && echo "${cannot[*]}")")
    echo "not to be had on this machine, so left out and not proved here: ${cannot[*]}"
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
