#!/bin/sh
# style.sh FOLDER: lists lines of more than 100 characters. Exit: 0 there are none, 1 there are some.
if grep -rnIE '^.{101}' "$1"; then
    echo "style: the lines above are too long"
    exit 1
fi
