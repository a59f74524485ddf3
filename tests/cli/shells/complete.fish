# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# fish --no-config complete.fish COMPLETIONS LINE: what fish would offer at the end of the line, one a line.
source $argv[1]
complete -c testprogram -f -a 'alpha beta'
complete -c testprogram -l alpha
complete -C $argv[2] | string replace -r '\t.*' ''
or true  # it found nothing to replace
