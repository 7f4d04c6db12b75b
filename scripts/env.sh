#!/usr/bin/env bash
# Makes .venv: Python 3.11 or newer, the packages that requirements.lock pins, and the project itself,
# editable. Done at once when neither pyproject.toml nor the lock has changed since.
#
# uv does it where it is there or pip can fetch it, pip otherwise; both as they are configured.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cd "$(dirname "${BASH_SOURCE[0]}")/.."
PYTHON=.venv/bin/python
STAMP=.venv/.made-from

made_from() { cat pyproject.toml requirements.lock; }

is_current() { [ -x "$PYTHON" ] && made_from | cmp -s - "$STAMP"; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if is_new_enough "$name"; then
            echo "$name"
            return
        fi
    done
    die 1 "Python 3.11 or newer is needed: install it, or uv"
}

venv_with_python() {
    local base
    base=$(find_python)
    logged "$base" -m venv --clear .venv && return
    # Debian and Ubuntu ship Python without what a virtual environment needs.
    is_root && is_debian_like && apt_install python3-venv
    step "making .venv with $base" "$base" -m venv --clear .venv
}

make_venv() {
    is_new_enough "$PYTHON" && return
    rm -rf .venv
    if [ -n "$UV" ] && logged "$UV" venv --python '>=3.11' .venv; then return; fi
    venv_with_python
}

# Sets UV to a uv that runs, or to nothing.
find_uv() {
    UV=
    if uv --version >/dev/null 2>&1; then UV=uv; fi
}

fetch_uv() {
    [ -z "$UV" ] || return 0
    if logged "$PYTHON" -m pip install --target "$WORK" uv; then UV=$WORK/bin/uv; fi
}

install_with_uv() {
    [ -n "$UV" ] &&
        logged "$UV" pip sync --python "$PYTHON" --require-hashes requirements.lock &&
        logged "$UV" pip install --python "$PYTHON" --no-deps --editable .
}

install_with_pip() {
    if ! "$PYTHON" -m pip --version >/dev/null 2>&1; then venv_with_python; fi
    step "installing with pip" "$PYTHON" -m pip install --require-hashes --requirement requirements.lock
    step "installing the project" "$PYTHON" -m pip install --no-deps --editable .
}

make_state_dir
is_current && exit
take_lock env
is_current && exit # whoever held the lock has made it

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
say "making .venv from requirements.lock"
find_uv
make_venv
fetch_uv
install_with_uv || install_with_pip
made_from >"$STAMP"
say "made .venv ($("$PYTHON" --version)) in $SECONDS s"
