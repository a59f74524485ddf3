# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# bash completion for kashim(1), with the package bash-completion. Verbs and options are those that `kashim --help` and
# `kashim VERB --help` print, so nothing here has to follow them; the word behind an option there says what it takes.

# The verbs of the command $1.
_kashim_verbs()
{
    "$1" --help 2>/dev/null | sed -n '/^Verbs:/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p'
}

# The options of the verb $2, one a line, and what they take: "--config FILE", "--json ".
_kashim_options()
{
    "$1" "$2" --help 2>/dev/null | sed -nE 's/^  (-[a-zA-Z],)?(--[a-z][a-z-]*)( ([A-Z][^ ]*))?( .*)?$/\2 \4/p'
}

# What the option $1 takes; nothing for a switch.
_kashim_taken_by()
{
    sed -n "s/^$1 //p" <<<"$options"
}

_kashim_states='connected synchronized established syn-sent fin-wait-1 fin-wait-2 close-wait last-ack closing listening'

_kashim_settings()
{
    local values
    case $cur in
        keepalive=*) values='true false leave' ;;
        user_timeout=*) values='off auto' ;;
        app=*) values='respect cap override' ;;
        *=*) return ;;
        *)
            compopt -o nospace
            COMPREPLY=($(compgen -S = -W 'keepalive idle interval count user_timeout app dead_after' -- "$cur"))
            return
            ;;
    esac
    COMPREPLY=($(compgen -P "${cur%%=*}=" -W "$values" -- "${cur#*=}"))
}

_kashim_processes()
{
    COMPREPLY+=($(cd /proc 2>/dev/null && compgen -W "$(echo [0-9]*)" -- "$cur"))
}

_kashim_value()
{
    case $1 in
        *FILE*) _filedir ;;
        KEY=VALUE) _kashim_settings ;;
        SYSTEM) COMPREPLY=($(compgen -W 'linux macos' -- "$cur")) ;;
        STATE) COMPREPLY=($(compgen -W "$_kashim_states" -- "$cur")) ;;
        *)
            [[ $1 == *PROGRAM* || $1 == GLOB ]] && COMPREPLY=($(compgen -c -- "$cur")) && _filedir
            [[ $1 == *PID* ]] && _kashim_processes
            ;;
    esac
}

# The completion of the program that is words[$1]. bash itself cuts words at "=" and ":", and counts the pieces.
_kashim_program()
{
    local i piece=0 word
    for ((i = 0; i < $1; i++)); do
        word=
        while [[ $word != "${words[i]}" && $piece -lt $COMP_CWORD ]]; do
            word+=${COMP_WORDS[piece++]}
        done
    done
    _command_offset "$piece"
}

_kashim()
{
    local cur prev words cword
    _init_completion -n = || return

    local verb=${words[1]} options
    if ((cword == 1)); then
        COMPREPLY=($(compgen -W "$(_kashim_verbs "$1") help --help --version" -- "$cur"))
        return
    elif [[ $verb == help ]]; then
        COMPREPLY=($(compgen -W "$(_kashim_verbs "$1")" -- "$cur"))
        return
    fi
    options=$(_kashim_options "$1" "$verb")

    # Where the program of run and guard begins, and the option whose value is next.
    local i program=0 pending=
    for ((i = 2; i < cword; i++)); do
        if [[ $pending ]]; then
            pending=
        elif [[ ${words[i]} == -- ]]; then
            program=$((i + 1)) && break
        elif [[ ${words[i]} == -* ]]; then
            [[ $(_kashim_taken_by "${words[i]}") ]] && pending=${words[i]}
        elif [[ $verb == run || $verb == doctor ]]; then
            program=$i && break
        fi
    done
    [[ $verb == run && $program == 0 && ! $pending && $cur != -* ]] && program=$cword
    if [[ $verb =~ ^(run|doctor|guard)$ && $program != 0 ]]; then
        _kashim_program "$program"
        return
    fi

    local front=
    if [[ $cur == --*=* ]]; then
        pending=${cur%%=*}
        front=$pending=
        cur=${cur#*=}
    fi
    if [[ $pending ]]; then
        _kashim_value "$(_kashim_taken_by "$pending")"
        COMPREPLY=("${COMPREPLY[@]/#/$front}")
    elif [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$(sed 's/ .*//' <<<"$options")" -- "$cur"))
    else
        case $verb in
            check | compile) _kashim_value FILE ;;
            doctor) _kashim_value PROGRAM-PID ;;
            show | apply | guard) _kashim_value PID ;;
        esac
    fi

    # Where bash cuts words at "=", only what stands behind the last one is replaced.
    if [[ $COMP_WORDBREAKS == *=* && ${words[cword]} == *=* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${words[cword]%=*}="}")
    fi
}

complete -F _kashim kashim
