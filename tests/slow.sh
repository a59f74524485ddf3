#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/slow.sh [PERCENT] [CTEST ARGUMENTS]
#
# tests/run.sh on a machine of a quarter of the speed, or of PERCENT: builds as usual, then runs the tests in a control
# group that gets no more of the processors. No test may depend on speed. Needs root.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
percent=25
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
    percent=$1
    shift
fi

# Of 100 ms.
quota=$((percent * $(nproc) * 1000))
limit()
{
    if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
        group=/sys/fs/cgroup/kashim-slow-$$
        echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
        mkdir "$group"
        echo "$quota 100000" >"$group/cpu.max"
    else
        group=/sys/fs/cgroup/cpu/kashim-slow-$$
        mkdir "$group"
        echo "$quota" >"$group/cpu.cfs_quota_us"
    fi
}

"$here/run.sh" -N >/dev/null
limit
# What the tests started may need a moment to end.
trap 'for _ in {1..100}; do rmdir "$group" 2>/dev/null && break || sleep 0.1; done' EXIT
(
    echo "$BASHPID" >"$group/cgroup.procs"
    exec "$here/run.sh" "$@"
)
