# shellcheck shell=bash
# Part of ./dev. Form and static analysis.

sources() { find drivers cardprofiles pinmailer config station hwsim tests -name '*.h' -o -name '*.cpp' | sort; }

# Bash scripts: those that say so in their first line.
scripts() {
    {
        echo dev .ci/run
        find config tests -type f -exec \
            awk '/^#!.*[\/ ](ba)?sh( |$)/ { print FILENAME } { nextfile }' {} +
    } | tr ' ' '\n' | sort -u
}

# The form of every source and script: counts as two checks.
check_form() {
    say "Form"
    counted 'clang-format' form_of_sources
    counted 'shellcheck' form_of_scripts
}

form_of_sources() { sources | xargs clang-format --dry-run -Werror; }
# With the parts that they read in (-a), and where those are (-x).
form_of_scripts() { scripts | xargs shellcheck -x -a; }

counted() { # name command…
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        note "$name: ok"
    else
        failed=$((failed + 1))
        broken+=("$name: see above")
    fi
}

# Sources and headers that differ from where this branch left main, those not yet committed too.
changed_since() { # commit
    { git diff --name-only --diff-filter=d "$1" && git ls-files --others --exclude-standard; } |
        grep -E '^(drivers|cardprofiles|pinmailer|config|station|hwsim|tests)/.*\.(cpp|h)$' | sort -u || true
}

lint() { # --all?
    local files base
    [ $# -eq 0 ] || [ "$*" = --all ] || refuse "usage: ./dev lint [--all]"
    install_packages build run test lint
    build release
    check_form
    if [ "${1:-}" = --all ] || ! base=$(git merge-base HEAD main 2>/dev/null); then
        mapfile -t files < <(sources | grep '\.cpp$')
        say "clang-tidy on all ${#files[@]} sources"
    else
        mapfile -t files < <(changed_since "$base")
        if [ ${#files[@]} -eq 0 ]; then
            note "clang-tidy: no source differs from main (${base:0:10}), so nothing was analysed; ./dev lint --all analyses everything"
            finish_tests
            return
        fi
        say "clang-tidy on what differs from main (${base:0:10})"
        printf '  %s\n' "${files[@]}"
    fi
    counted 'clang-tidy' in_own_group cmake/tidy.py build/release "${files[@]}"
    finish_tests
}
