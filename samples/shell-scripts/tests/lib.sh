# What a test file needs: a folder of its own for each test, and words to compare with.

PASSED=0
FAILED=0

# run_test NAME: calls the function of that name in an empty folder; what it prints is its trouble.
run_test() {
    folder=$(mktemp -d)
    if trouble=$(cd "$folder" && "$1" 2>&1) && [ -z "$trouble" ]; then
        PASSED=$((PASSED + 1))
        echo "ok      $1"
    else
        FAILED=$((FAILED + 1))
        echo "not ok  $1: $trouble"
    fi
    rm -rf "$folder"
}

# expect EXPECTED FOUND
expect() {
    [ "$1" = "$2" ] || echo "expected '$1', found '$2'"
}

# backups DATE...: makes a backup for each
backups() {
    for date; do : > "site-$date.tar"; done
}

summary() {
    echo "$PASSED passed, $FAILED failed"
    [ "$FAILED" -eq 0 ]
}
