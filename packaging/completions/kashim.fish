# SPDX-FileCopyrightText: the kashim authors
# SPDX-License-Identifier: MIT
#
# fish completion for kashim(1). Verbs and options are those that `kashim --help` and `kashim VERB --help` print, so
# nothing here has to follow them; the word behind an option there says what it takes.

function __kashim_verbs
    set -l kashim (commandline -opc)[1]
    set -l verbs no
    for line in ($kashim --help 2>/dev/null)
        switch $line
            case 'Verbs:'
                set verbs yes
            case ''
                set verbs no
            case '*'
                test $verbs = yes
                and string replace -rf '^  ([a-z]+) +(.*)' '$1\t$2' -- $line
        end
    end
end

# The options of the verb: name, what it takes, what it does, with tabs between.
function __kashim_options -a verb
    set -l kashim (commandline -opc)[1]
    $kashim $verb --help 2>/dev/null |
        string replace -rf '^  (?:-[a-zA-Z],)?(--[a-z][a-z-]*)(?: ([A-Z]\S*))?(?: \S+)*(?: {2,}(.*))?$' '$1\t$2\t$3'
end

function __kashim_settings
    printf '%s=\n' keepalive idle interval count user_timeout app dead_after
    printf 'keepalive=%s\n' true false leave
    printf 'user_timeout=%s\n' off auto
    printf 'app=%s\n' respect cap override
end

# What can stand in the place of a FILE, a PID, a KEY=VALUE or one of some words; before is "--option=" or nothing.
function __kashim_value -a takes before
    set -l token (string replace -- "$before" '' (commandline -ct))
    switch $takes
        case '*FILE*'
            printf "$before%s\n" (__fish_complete_path $token)
        case KEY=VALUE
            printf "$before%s\n" (__kashim_settings)
        case SYSTEM
            printf "$before%s\n" linux macos
        case STATE
            printf "$before%s\n" connected synchronized established syn-sent fin-wait-1 fin-wait-2 close-wait last-ack closing listening
        case '*'
            string match -qr 'PROGRAM|GLOB' $takes
            and printf "$before%s\n" (__fish_complete_command)
            string match -q '*PID*' $takes
            and printf "$before%s\n" (__fish_complete_pids)
    end
end

function __kashim_arguments
    set -l words (commandline -opc)
    set -l token (commandline -ct)
    set -l verb $words[2]
    if test $verb = help
        __kashim_verbs
        return
    end
    set -l options (__kashim_options $verb)
    set -l with_value
    for option in $options
        set -l fields (string split \t -- $option)
        test -n "$fields[2]"
        and set -a with_value $fields[1]
    end

    # Where the program of run and guard begins, and the option whose value is next.
    set -l pending
    set -l program
    for i in (seq 3 (count $words))
        set -l word $words[$i]
        if set -q pending[1]
            set -e pending
        else if test "$word" = --
            set program (math $i + 1)
            break
        else if string match -q -- '-*' $word
            contains -- $word $with_value
            and set pending $word
        else if contains $verb run doctor
            set program $i
            break
        end
    end
    if test $verb = run; and not set -q program[1]; and not set -q pending[1]; and not string match -q -- '-*' "$token"
        set program (math (count $words) + 1)
    end
    if set -q program[1]; and contains $verb run doctor guard
        set -l rest (string escape -- $words[$program..-1])
        complete -C "$(string join ' ' -- $rest $token)"
        return
    end

    set -l before
    if string match -qr -- '^--[a-z-]+=' "$token"
        set pending (string replace -r '=.*' '' -- $token)
        set before $pending=
    end
    for option in $options
        set -l fields (string split \t -- $option)
        if set -q pending[1]
            test $fields[1] = $pending
            and __kashim_value $fields[2] "$before"
        else
            printf '%s\t%s\n' $fields[1] $fields[3]
        end
    end
    set -q pending[1]
    and return
    switch $verb
        case check compile
            __kashim_value FILE ''
        case doctor
            __kashim_value PROGRAM-PID ''
        case show apply guard
            __kashim_value PID ''
    end
end

set -l at_verb 'test (count (commandline -opc)) -eq 1'
complete -c kashim -f
complete -c kashim -n $at_verb -a '(__kashim_verbs)'
complete -c kashim -n $at_verb -a help -d 'Prints the help of a verb'
complete -c kashim -n $at_verb -l help -d 'Prints help'
complete -c kashim -n $at_verb -l version -d 'Prints the version'
complete -c kashim -n "not $at_verb" -a '(__kashim_arguments)'
