#!/bin/sh
# render.sh PAGE: a page of plain text becomes HTML; its first line is the heading, and paragraphs
# have an empty line between them. SITE_TITLE is the title of every page.
set -eu

escape() {
    sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g'
}

heading=$(head -n 1 "$1" | escape)
printf '<!doctype html>\n<title>%s: %s</title>\n<h1>%s</h1>\n' "$SITE_TITLE" "$heading" "$heading"
tail -n +2 "$1" | escape |
    awk 'BEGIN { RS = ""; ORS = "" } { print "<p>" $0 "</p>\n" }'
