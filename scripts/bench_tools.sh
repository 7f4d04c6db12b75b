#!/usr/bin/env bash
# Makes sure that the tools are there that the benchmarks compare with; installs them where it may.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# COMMAND:DEBIAN PACKAGE
TOOLS="zstd:zstd zip:zip unzip:unzip mkfs.ext4:e2fsprogs"

missing=()
for tool in $TOOLS; do
    has "${tool%:*}" || missing+=("${tool#*:}")
done
[ "${#missing[@]}" -eq 0 ] && exit 0
if ! { is_root && is_debian_like; }; then die 4 "the benchmarks need: ${missing[*]}"; fi
make_state_dir
apt_install "${missing[@]}"
