#!/usr/bin/env bash
# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# tests/house.sh [REPOSITORY]
#
# What holds for the files of this repository, as git lists them, and not for what a packager or an editor puts beside them:
# the top level has what every reader needs and nothing else, and source files begin with the licence. Prints each file that
# breaks a rule. Exit status: 0 none does, 1 one does, 2 this is not a git repository.
set -euo pipefail

cd "${1:-$(dirname "${BASH_SOURCE[0]}")/..}"
listed=$(git ls-files) || exit 2
[[ $listed ]] || { echo "house.sh: git lists no files here" >&2 && exit 2; }
status=0

top_level='.ci .clang-format .github .gitignore CMakeLists.txt CMakePresets.json LICENSE README.md config packaging src tests'
while read -r name; do
    if [[ " $top_level " != *" $name "* ]]; then
        echo "$name: not one of the top level's files and directories, which tests/house.sh lists"
        status=1
    fi
done < <(cut -d/ -f1 <<<"$listed" | sort -u)

copyright='SPDX-FileCopyrightText: the kashim authors'
licence='SPDX-License-Identifier: MIT'
while read -r file; do
    case $file in
        *.c | *.cpp | *.h) expected="// $copyright"$'\n'"// $licence" ;;
        *.sh | *.py | *.cmake | *.cmake.in | */CMakeLists.txt | CMakeLists.txt) expected="# $copyright"$'\n'"# $licence" ;;
        *) continue ;;
    esac
    # A script says before that what it is run by.
    if [[ $(grep -v '^#!' "$file" | head -n 2) != "$expected" ]]; then
        echo "$file: does not begin with the two lines of the licence"
        status=1
    fi
done <<<"$listed"
exit "$status"
