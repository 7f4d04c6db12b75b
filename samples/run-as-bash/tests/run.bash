#!/bin/bash
# The tests of changelog. Exit: 0 all passed, 1 not.
set -uo pipefail

CHANGELOG=$(dirname "${BASH_SOURCE[0]}")/../bin/changelog
failed=0

# check NAME EXPECTED SUBJECT...
check() {
    local name=$1 expected=$2 found
    shift 2
    found=$(printf '%s\n' "$@" | "$CHANGELOG" 1.0.0)
    if [[ $found == "## 1.0.0"$expected ]]; then
        echo "ok      $name"
    else
        echo "not ok  $name"
        diff <(echo "## 1.0.0$expected") <(echo "$found")
        failed=1
    fi
}

check "a feature" $'\n\n### New\n\n- read stdin' "feat: read stdin"
check "a fix with its scope" $'\n\n### Fixed\n\n- **cli**: say which file' "fix(cli): say which file"
check "features before fixes" $'\n\n### New\n\n- b\n\n### Fixed\n\n- a' "fix: a" "feat: b"
check "what nobody wants to read" "" "chore: tidy up" "Merge branch main"

exit "$failed"
