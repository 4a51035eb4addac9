# shellcheck shell=bash
# Part of ./dev. Configuring and compiling, with progress.

# Shows ninja's [done/all] lines as one moving line on a terminal, else one line in ten percent;
# whatever is not progress (an error) is shown as it is.
build_progress() {
    local line done_ all tenth shown=-1
    while IFS= read -r line; do
        [[ $line != *'Re-checking globbed directories...' ]] || continue
        if [[ $line =~ ^\[([0-9]+)/([0-9]+)\]\  ]]; then
            done_=${BASH_REMATCH[1]} all=${BASH_REMATCH[2]}
            if [ -t 1 ]; then
                printf '\r  %d of %d\033[K' "$done_" "$all"
                continue
            fi
            tenth=$((done_ * 10 / all))
            [ "$tenth" = "$shown" ] || note "$done_ of $all"
            shown=$tenth
        elif [ -n "$line" ] && [[ $line != 'ninja: no work to do.' ]]; then
            [ ! -t 1 ] || printf '\r\033[K'
            printf '%s\n' "$line"
        fi
    done
    [ ! -t 1 ] || printf '\r\033[K'
}

took() { printf '%d min %02d s' $((($1) / 60)) $((($1) % 60)); }

build() { # preset target…
    local preset=$1 started=$SECONDS
    shift
    mkdir -p "$logs"
    say "Building ($preset)"
    if ! cmake --preset "$preset" >"$logs/configure-$preset.log" 2>&1; then
        tail -n 30 "$logs/configure-$preset.log" >&2
        fail "CMake could not prepare the build; the whole story is in $logs/configure-$preset.log."
    fi
    in_own_group build_targets "$preset" "${@:-all}" ||
        fail "The build stopped; the first error above is the one to read."
    note "built in $(took $((SECONDS - started)))"
}

build_targets() { # preset target…
    local preset=$1
    shift
    cmake --build --preset "$preset" -j "$jobs" --target "$@" 2>&1 | build_progress
}
