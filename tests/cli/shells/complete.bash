# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# bash complete.bash COMPLETIONS LINE: what bash would offer at the end of the line, one a line. The function is called as
# readline calls it: the line cut at blanks and at COMP_WORDBREAKS.
source /usr/share/bash-completion/bash_completion
source "$1"
complete -W 'alpha beta --alpha' testprogram

COMP_LINE=$2
COMP_POINT=${#COMP_LINE}
COMP_WORDS=($(sed 's/[=:]/ & /g' <<<"$COMP_LINE"))
[[ $COMP_LINE == *[[:space:]=:] ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
compopt() { :; }
_kashim kashim "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
