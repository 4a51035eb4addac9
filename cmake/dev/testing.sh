# shellcheck shell=bash
# Part of ./dev. Running tests: which, how far they are, what they leave.

passed=0
failed=0
skipped=0
broken=()

run_tests() { # preset words-for-ctest…
    local preset=$1 log line
    shift
    log=$logs/ctest-$preset.log
    say "Testing ($preset)"
    scratch=$(mktemp -d /tmp/zt.XXXXXX)
    : >"$log"
    show_running_tests "$log" &
    watcher=$!
    in_own_group ending_with_dev env TMPDIR="$scratch" ctest --preset "$preset" -j "$jobs" \
        --output-on-failure --no-tests=error "$@" >"$log" 2>&1 || true
    kill "$watcher" 2>/dev/null || true
    wait "$watcher" 2>/dev/null || true
    watcher=
    [ ! -t 1 ] || printf '\r\033[K'
    line=$(grep -E 'tests passed, [0-9]+ tests? failed out of [0-9]+' "$log") || {
        tail -n 20 "$log"
        fail "CTest could not run the tests ($log)."
    }
    [[ $line =~ ([0-9]+)\ tests?\ failed\ out\ of\ ([0-9]+) ]]
    failed=$((failed + BASH_REMATCH[1]))
    local missed
    missed=$(grep -c '(Skipped)$' "$log" || true)
    skipped=$((skipped + missed))
    passed=$((passed + BASH_REMATCH[2] - BASH_REMATCH[1] - missed))
    show_test_results "$log" "${BASH_REMATCH[1]}" "$preset"
    counted 'tests leave nothing behind' nothing_left
    remove_scratch
}

# A command whose whole group ends when ./dev does, kill -9 too. What a shell starts beside itself
# does not hear SIGINT; tests have to.
ending_with_dev() { # command…
    # shellcheck disable=SC2016 # expanded by the inner shell
    exec setpriv --pdeathsig TERM bash -c '
        trap "trap - TERM; kill -TERM 0" TERM
        env --default-signal=INT,QUIT "$@" &
        wait $!
    ' ending_with_dev "$@"
}

# Files and processes; these may take a moment to end.
nothing_left() {
    local left waited=0
    while left=$(processes_left) && [ -n "$left" ] && [ $((waited += 1)) -le 20 ]; do sleep 0.25; done
    left=${left:+$left$'\n'}$(ls -A "$scratch")
    left=${left//$'\n'/ }
    [ -z "$left" ] || note "left behind: $left"
    [ -z "$left" ]
}

# Those that know the folder from their environment or their words: the environment of a process
# that may not be dumped is for root only. The folder's name comes by a file, so as not to find grep.
processes_left() {
    local id
    {
        grep -lzxF "TMPDIR=$scratch" /proc/[0-9]*/environ 2>/dev/null || true
        grep -laF -f <(printf '%s' "$scratch") /proc/[0-9]*/cmdline 2>/dev/null || true
    } | cut -d / -f 3 | sort -un | while read -r id; do
        printf 'process %d (%s)\n' "$id" "$(tr '\0' ' ' 2>/dev/null <"/proc/$id/cmdline")"
    done
}

# A moving line, or one line every half minute: how many are done, and which run.
show_running_tests() { # log
    local shown=$SECONDS now columns
    trap - EXIT HUP INT TERM
    columns=$(tput cols 2>/dev/null || echo 80)
    while kill -0 $$ 2>/dev/null && sleep 0.5; do
        now=$(awk -f cmake/running_tests.awk "$1")
        if [ -t 1 ]; then
            printf '\r  %s\033[K' "${now:0:$((columns - 3))}"
        elif [ $((SECONDS - shown)) -ge 30 ]; then
            note "$now"
            shown=$SECONDS
        fi
    done
}

show_test_results() { # log number-of-failed preset
    if [ "$2" -ne 0 ]; then
        grep -vE '^ *(Start +[0-9]+:|[0-9]+/[0-9]+ Test +#.* Passed )' "$1" || true
        broken+=("$3: see $1")
    else
        sed -n '/tests passed/,$p' "$1"
    fi
}

finish_tests() {
    local each
    for each in "${broken[@]}"; do note "$each"; done
    printf '\n%d passed, %d failed' "$passed" "$failed"
    if [ "$skipped" -gt 0 ]; then printf ', %d skipped (named above)' "$skipped"; fi
    printf '\n'
    [ "$failed" -eq 0 ] || exit 1
}

# Words are labels or parts of names; without any, the whole check.
test_all() {
    install_packages build run test
    let_memory_be_locked
    build release
    run_tests release -LE bench
    build dev tests-unit tests-vector tests-journey
    run_tests dev -L '^(unit|vector|journey)$'
    check_form
    finish_tests
}

readonly all_labels='unit vector journey fault pcsc service fuzz style'

# By the sources, before anything is built.
test_names() { python3 cmake/test_names.py "$@" tests; }

what_can_be_tested() {
    printf '\nLabels: %s\n\n' "$all_labels"
    printf 'Or a part of a name, as a regular expression: LedgerTest, Disposition, or what stands before the\nfirst dot of a name:\n'
    ! command -v python3 >/dev/null || test_names --targets | tr '\n' ' ' | fold -s -w 100
    printf '\n'
}

is_label() { [[ " $all_labels " == *" $1 "* ]]; }

# On a bare machine without python3 there is nothing to ask yet.
expect_tests_named() { # word…
    local word names
    [[ " $* " != *' bench '* ]] || refuse "What a card costs is not tested but measured: ./dev bench"
    command -v python3 >/dev/null || return 0
    names=$(test_names)
    for word in "$@"; do
        is_label "$word" || names_a_test "$word" "$names" ||
            refuse "./dev test does not know '$word': no label is called so, and no test has it in its name.
$(what_can_be_tested)"
    done
}

# Of a test with parameters the sources tell no more than one name, that ends with /0; CTest prints
# …/2, or …/wrong_subject.
names_a_test() { # word names
    grep -qE -e "$1" <<<"$2" || { [[ $1 == */* ]] && grep -qE -e "${1%/*}/0\$" <<<"$2"; }
}

test_some() { # word…
    local word labels=() names=() joined
    expect_tests_named "$@"
    install_packages build run test
    expect_tests_named "$@"
    let_memory_be_locked
    for word in "$@"; do
        if is_label "$word"; then labels+=("$word"); else names+=("$word"); fi
    done
    build release
    if [ ${#labels[@]} -gt 0 ]; then
        joined=$(IFS='|' && printf '%s' "${labels[*]}")
        run_tests release -L "^($joined)\$"
    fi
    if [ ${#names[@]} -gt 0 ]; then
        joined=$(IFS='|' && printf '%s' "${names[*]}")
        run_tests release -R "$joined"
    fi
    finish_tests
}
