#!/usr/bin/env bash
# One card as a careful administrator makes it today with yubico-piv-tool and openssl, actions of
# one call joined wherever the tool lets them. No certificate requests: yubico-piv-tool 2.2.0 makes
# none with OpenSSL 3, so openssl certifies the public keys as they are, which saves it a PIN and a
# signature for each key.
#
# usage: status_quo.sh FOLDER READER prepare | card p256|rsa2048
set -euo pipefail
cd "$1"
readonly reader=$2 what=$3

readonly factory_pin=123456 factory_puk=12345678
readonly own_pin=482913 own_puk=73915026
readonly own_key=0A0B0C0D0E0F10111213141516171819202122232425262A

piv() { yubico-piv-tool -r "$reader" "$@"; }

prepare() {
    local slot
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem \
        -subj '/CN=Bench CA' -days 30
    # openssl x509 wants some request to begin with; the names and keys in it do not count.
    openssl req -new -key ca.key -subj '/C=NL/O=Gemeente Voorbeeld/CN=TRIAL Team' -out any.csr
    for slot in 9c 9a 9d; do
        openssl genrsa -traditional -out "rsa2048-$slot.key" 2048
        openssl pkey -in "rsa2048-$slot.key" -pubout -out "rsa2048-$slot.pub"
    done
    openssl ecparam -name prime256v1 -genkey -noout -out p256-9d.key
    openssl pkey -in p256-9d.key -pubout -out p256-9d.pub
}

make_key() { # algorithm slot: on the chip where our profile says so, imported otherwise
    if [ -e "$1-$2.key" ]; then
        piv -a import-key -s "$2" -i "$1-$2.key"
        cp "$1-$2.pub" "$2.pub"
    else
        piv -a generate -s "$2" -A ECCP256 -o "$2.pub"
    fi
}

certify() { # slot
    openssl x509 -req -in any.csr -force_pubkey "$1.pub" -CA ca.pem -CAkey ca.key \
        -set_serial "0x$RANDOM$1" -days 30 -out "$1.pem"
}

prove() { # slot: what is on the chip is what was certified, and its key matches
    local test="test-signature"
    [ "$1" != 9d ] || test="test-decipher"
    piv -a read-certificate -s "$1" -o "$1.back.pem"
    cmp "$1.pem" "$1.back.pem"
    openssl verify -CAfile ca.pem "$1.back.pem"
    piv -a verify-pin -P "$own_pin" -a "$test" -s "$1" -i "$1.back.pem"
}

card() { # algorithm
    local slot
    piv -a status
    piv -a set-chuid -a set-ccc
    for slot in 9c 9a 9d; do
        make_key "$1" "$slot"
        certify "$slot"
        piv -a import-certificate -s "$slot" -i "$slot.pem"
    done
    piv -a verify-pin -P "$factory_pin" -a pin-retries --pin-retries 3 --puk-retries 3
    piv -a change-pin -P "$factory_pin" -N "$own_pin"
    piv -a change-puk -P "$factory_puk" -N "$own_puk"
    piv -a set-mgm-key -n "$own_key"
    for slot in 9c 9a 9d; do
        prove "$slot"
    done
    piv -k"$own_key" -a set-chuid # its only proof that it knows the new key
}

case $what in
    prepare) prepare ;;
    card) card "$4" ;;
    *) exit 2 ;;
esac
