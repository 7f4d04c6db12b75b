#!/usr/bin/env bash
# Runs the suite in three processes side by side: most of it waits, for containers and for servers.
#
#   scripts/suite.sh [ARG...]   the arguments are pytest's, for each of the three; where one of them is a path
#                               below tests/, pytest runs that alone, in one process
#
# What speaks of all warm layers, or all volumes, of an engine is in one process; so is what removes every kept
# container. Each process's output is shown as a whole once it is over. tests/architecture belongs to `make check`.
# Exit: 0 all passed, 1 something failed, 5 no test was run, 130 it was stopped.
set -uo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cd "$(dirname "${BASH_SOURCE[0]}")/.."
PYTEST=(.venv/bin/pytest -m "not faults and not fuzz")
LAYERS=(tests/integration/test_cache_layers.py tests/integration/test_cache_verbs_layers.py)
BUILDS=(tests/contracts tests/e2e tests/integration)
ELSEWHERE=(tests/architecture tests/conformance "${BUILDS[@]}")

for word in "$@"; do
    case $word in tests | tests/*) exec "${PYTEST[@]}" "$@" ;; esac
done

OUT=$(mktemp -d) names=() pids=()
trap 'rm -rf "$OUT"' EXIT
trap 'kill "${pids[@]}"; wait; exit 130' INT TERM

# run NAME ARG...: pytest in the background.
run() {
    names+=("$1")
    "${PYTEST[@]}" "${@:2}" >"$OUT/$1" 2>&1 </dev/null &
    pids+=($!)
}

say "three processes; the output of each comes when it is over"
run conformance tests/conformance "${LAYERS[@]}" "$@"
run builds "${BUILDS[@]}" "${LAYERS[@]/#/--ignore=}" "$@"
run units tests "${ELSEWHERE[@]/#/--ignore=}" "$@"

worst=5
for at in "${!pids[@]}"; do
    wait "${pids[$at]}"
    status=$?
    cat "$OUT/${names[$at]}"
    case $status in
        0) [ "$worst" -ne 5 ] || worst=0 ;;
        5) ;;
        *) worst=1 ;;
    esac
done
exit "$worst"
