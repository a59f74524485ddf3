# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
autoload -U compinit
compinit -u -D
_testprogram() { _arguments '--alpha' '*:word:(alpha beta)' }
compdef _testprogram testprogram
finish() { exit }
comppostfuncs=(finish)
bindkey '^I' complete-word
zstyle ':completion:*' insert-tab false
compadd() {
    local -a matches
    # With one of these it is asked, not told.
    if [[ " ${@[1,(i)(-|--)]} " == *' '-[OAD]' '* ]]; then
        builtin compadd "$@"
        return
    fi
    builtin compadd -A matches "$@"
    (( $#matches )) && print -rl -- $matches >>$offers
    builtin compadd "$@"
}
