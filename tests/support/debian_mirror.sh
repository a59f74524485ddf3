#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/support/debian_mirror.sh: prints the address of Debian's packages, which is the one that this machine's apt uses.
set -euo pipefail

mirror()
{
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | sort -u | sed -n 1p
}

found=$(mirror)
# Without package lists apt does not know whose packages are where.
[[ $found ]] || { apt-get update -q >&2 && found=$(mirror); } || true
if [[ -z $found ]]; then
    echo "E: apt does not know here where Debian's packages are" >&2
    exit 1
fi
echo "$found"
