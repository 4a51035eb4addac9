# shellcheck shell=bash
# Part of ./dev. What Debian has to install.

packages_of() { # group…: names from cmake/packages.txt
    awk -v groups=" $* " '!/^#/ && NF && index(groups, " " $2 " ") { print $1 }' cmake/packages.txt
}

missing_of() { # package…: those that are not installed
    local there
    there=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null |
        awk '$1 ~ /^.i$/ { print $2 }') || true
    comm -23 <(printf '%s\n' "$@" | sort -u) <(sort -u <<<"$there")
}

can_become_root() { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Reads apt's status lines (dlstatus:n:percent:words, pmstatus:package:percent:words).
apt_progress() {
    local kind percent shown=-1 step
    while IFS=: read -r kind _ percent _; do
        case $kind in
            dlstatus) kind='fetched' ;;
            pmstatus) kind='installed' ;;
            *) continue ;;
        esac
        percent=${percent%%.*}
        if [ -t 1 ]; then
            printf '\r  packages %s: %3d %%   ' "$kind" "$percent"
        else
            step=$kind$((percent / 25))
            [ "$step" = "$shown" ] || note "packages $kind: $percent %"
            shown=$step
        fi
    done
    [ ! -t 1 ] || printf '\r\033[K'
}

# Runs apt-get with its words in the log and its progress shown. The descriptor for progress is
# made on root's side, because sudo hands over only the first three.
apt_quietly() { # words of apt-get
    # shellcheck disable=SC2016 # expanded by the inner shell
    as_root env DEBIAN_FRONTEND=noninteractive sh -c '
        exec 3>&1 >>"$0" 2>&1
        exec apt-get -y -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o APT::Status-Fd=3 \
            -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
    ' "$logs/apt.log" "$@" </dev/null | apt_progress
}

# Debian starts services as they are installed; ours are started by tests, privately. The
# customary way to say so is a policy that answers 101 ("forbidden"). Ours is known by its mark.
readonly policy_file=/usr/sbin/policy-rc.d
readonly policy_mark='# Made by ./dev while it installs packages, and removed afterwards.'

forbid_services() {
    if [ -e $policy_file ] && ! policy_is_ours; then return 0; fi
    policy=$policy_file
    printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" | as_root tee $policy_file >/dev/null
    as_root chmod 755 $policy_file
}

policy_is_ours() { grep -qxF "$policy_mark" $policy_file 2>/dev/null; }

allow_services() {
    [ -z "$policy" ] || as_root rm -f "$policy"
    policy=
}

# apt may have ended its work although ./dev was killed.
remove_old_policy() {
    if ! policy_is_ours || ! can_become_root; then return 0; fi
    policy=$policy_file
    allow_services
}

# Every pcscd wants this folder, private ones too, and only root can make it. The service that
# would have made it is not started; after a start of the machine it is gone again.
readonly pcscd_folder=/run/pcscd

make_pcscd_folder() {
    [ ! -d $pcscd_folder ] || return 0
    { can_become_root && as_root install -d $pcscd_folder; } ||
        note "Virtual readers need the folder $pcscd_folder. As root, type: install -d $pcscd_folder"
}

# Letters are opened only where no page of memory gets to a disk: where swap is on, in locked memory, of which Debian
# gives a user 8 MiB. What is started from here may lock more.
readonly swaps_file=/proc/swaps

let_memory_be_locked() {
    if ! swap_is_on || [ "$(id -u)" -eq 0 ] || [ "$(ulimit -H -l)" = unlimited ]; then return 0; fi
    { can_become_root && as_root prlimit --memlock=unlimited:unlimited --pid $$; } ||
        note "Swap is on, and no letter is opened where its codes could get there. As root, type: swapoff -a"
}

swap_is_on() { [ -e $swaps_file ] && [ "$(wc -l <$swaps_file)" -gt 1 ]; }

# An installation that was cut short would make apt-get refuse every other.
finish_interrupted() {
    as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a </dev/null >>"$logs/apt.log" 2>&1
}

install_packages() { # group…
    local wanted missing
    mapfile -t wanted < <(packages_of "$@")
    command -v dpkg-query >/dev/null ||
        fail "This is not Debian. Zegel is built on Debian 12; elsewhere install what cmake/packages.txt names, then type: cmake --preset release && cmake --build --preset release"
    mapfile -t missing < <(missing_of "${wanted[@]}")
    if [ -n "${missing[*]}" ]; then install_missing "${missing[@]}"; else remove_old_policy; fi
    [[ " $* " != *' run '* ]] || make_pcscd_folder
}

install_missing() { # package…
    can_become_root ||
        fail "Packages are missing and only root can install them. As root, type:
  apt-get update && apt-get install --no-install-recommends $*
then try again."
    say "Installing $# Debian packages (once)"
    mkdir -p "$logs"
    : >"$logs/apt.log"
    forbid_services
    if ! { finish_interrupted && apt_quietly update &&
        apt_quietly install --no-install-recommends "$@"; }; then
        tail -n 15 "$logs/apt.log" >&2
        fail "Installing did not work; the lines above are apt's own ($logs/apt.log). Mostly the network or the list of sources is the reason. Nothing was built; try again when it is mended."
    fi
    allow_services
}
