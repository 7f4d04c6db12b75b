#!/bin/sh
# The tests of rotate-backups. Exit: 0 all passed, 1 not.
set -u

here=$(cd "$(dirname "$0")" && pwd)
ROTATE=$here/../bin/rotate-backups
. "$here/lib.sh"

removes_the_oldest() {
    backups 2026-03-01 2026-02-27 2026-03-02
    "$ROTATE" 2 . > /dev/null
    expect "site-2026-03-01.tar site-2026-03-02.tar" "$(echo *)"
}

prints_what_it_removes() {
    backups 2026-03-01 2026-03-02 2026-03-03
    expect "site-2026-03-01.tar site-2026-03-02.tar" "$("$ROTATE" 1 . | xargs)"
}

keeps_all_when_there_are_few() {
    backups 2026-03-01 2026-03-02
    expect "" "$("$ROTATE" 7 .)"
}

leaves_other_files_alone() {
    backups 2026-03-01
    : > notes.txt
    "$ROTATE" 0 . > /dev/null
    expect "notes.txt" "$(echo *)"
}

copes_with_blanks_in_names() {
    : > "my site-2026-03-01.tar"
    : > "my site-2026-03-02.tar"
    expect "my site-2026-03-01.tar" "$("$ROTATE" 1 .)"
}

accepts_an_empty_folder() {
    expect "" "$("$ROTATE" 1 .)"
}

refuses_a_count_that_is_no_number() {
    status=0
    "$ROTATE" many . 2> /dev/null || status=$?
    expect 2 "$status"
}

for test in removes_the_oldest prints_what_it_removes keeps_all_when_there_are_few \
    leaves_other_files_alone copes_with_blanks_in_names accepts_an_empty_folder \
    refuses_a_count_that_is_no_number; do
    run_test "$test"
done
summary
