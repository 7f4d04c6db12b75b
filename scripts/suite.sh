#!/usr/bin/env bash
# Runs the suite in three processes side by side: most of it waits, for containers and for servers.
#
#   scripts/suite.sh [ARG...]   the arguments are pytest's, for each of the three; where one of them is a path
#                               below tests/, pytest runs that alone, in one process
#
# What speaks of all warm layers, or all volumes, of an engine is in one process; so is what keeps containers, and
# what removes every kept one. Each process's output is shown as a whole once it is over. tests/architecture
# belongs to `make check`.
# Exit: 0 all passed, 1 something failed, 5 no test was run, 130 it was stopped.
set -uo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cd "$(dirname "${BASH_SOURCE[0]}")/.."
PYTEST=(.venv/bin/pytest -m "not faults and not fuzz")
ALL_LAYERS=(tests/integration/test_cache_layers.py tests/integration/test_cache_verbs_layers.py)
KEPT=(tests/integration/test_canary.py tests/integration/test_kept_builds.py)
SAMPLES=tests/e2e/test_samples.py
FIRST=(tests/conformance "$SAMPLES" "${ALL_LAYERS[@]}")
SECOND=(tests/contracts tests/e2e "${KEPT[@]}")
ELSEWHERE=(tests/architecture "${FIRST[@]}" "${SECOND[@]}")

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
run conformance "${FIRST[@]}" "$@"
run contracts "${SECOND[@]}" "--ignore=$SAMPLES" "$@"
run rest tests "${ELSEWHERE[@]/#/--ignore=}" "$@"

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
