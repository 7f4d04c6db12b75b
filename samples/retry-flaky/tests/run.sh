#!/bin/sh
# run.sh WORDS: checks a list of words. Exit: 0 sound, 1 not.
set -eu

sort -c "$1" && echo "ok      sorted"
[ -z "$(sort "$1" | uniq -d)" ] && echo "ok      no word twice"
if grep -n '[^a-z]' "$1"; then exit 1; else echo "ok      small letters only"; fi
