#!/usr/bin/env bash
# Runs a sample build twice with a cache of its own: cold, then warm. The second build's last lines
# say what the cache saved.
#
#   scripts/demo.sh [OPTION...]   options of `localbuild run`
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
CACHE=$(mktemp -d)

# Removes the cache, and with its entries the layers that were made of them.
forget() {
    .venv/bin/localbuild -C samples/python-pytest cache rm --all --yes --cache "$CACHE" >/dev/null || true
    rm -rf "$CACHE"
}
trap forget EXIT

build() {
    .venv/bin/localbuild run samples/python-pytest --image localbuild/standard:1 \
        --cache "$CACHE" --cache-layers wait "$@"
}

printf '%s\n' '--- cold: nothing is cached yet'
build "$@"
printf '\n%s\n' '--- warm: the same build again'
build "$@"
printf '\n'
.venv/bin/localbuild -C samples/python-pytest cache ls --cache "$CACHE"
