#!/usr/bin/env bash
# Makes sure that a browser is there in which the suite looks at pages: a Chromium without a window.
#
# Root on Debian gets chromium-headless-shell, about 100 MB to download; Ubuntu has Chromium as a snap only,
# which needs a running snapd. Where none can be had, the tests that need it are skipped, and say so.
# Exit: 0 a browser is there, 3 none can be had.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# As tests/e2e/browser.py looks for them.
BROWSERS="chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable"

# A name alone is not enough: Ubuntu's chromium-browser without snapd only says that it needs it.
find_browser() {
    local name
    for name in $BROWSERS; do
        has "$name" && "$name" --version >/dev/null 2>&1 && return
    done
    return 1
}

has_package() { apt-cache show "$1" 2>/dev/null | grep -q '^Package:'; }

install_browser() {
    take_lock browser
    find_browser && return
    step "apt-get update" apt-get -o DPkg::Lock::Timeout=120 update
    has_package chromium-headless-shell || die 3 "this distribution has no Chromium: install one, or the tests of pages are skipped"
    step "apt-get install chromium-headless-shell" \
        apt-get -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends chromium-headless-shell fonts-dejavu-core
}

find_browser && exit 0
if ! { is_root && is_debian_like; }; then die 3 "no Chromium: install one, or the tests of pages are skipped"; fi
make_state_dir
export DEBIAN_FRONTEND=noninteractive
install_browser
find_browser || die 3 "the installed Chromium does not start"
