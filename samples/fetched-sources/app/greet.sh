#!/bin/sh
# Greets everybody who is named in the files of a folder.
set -eu

. ./lib/polite.sh

sort "$1"/*.txt | while read -r name; do
    greeting "$name"
done
