# codebuild-glob-search GLOB...: the files below the working directory that match, a path a line.
#
# Paths are relative to the working directory, in bytewise order, each once. No match: nothing is
# printed, a message on stderr, and that is no failure. A name with a line break cannot be in a list
# of lines: it is left out, which is said. @GLOBS@ stands for the file that says what globs match.
. @GLOBS@
say() { printf 'codebuild-glob-search: %s\n' "$1" >&2; }

usage='usage: codebuild-glob-search GLOB...'
if [ $# -eq 0 ]; then
  echo "$usage" >&2
  exit 2
fi
if [ "$*" = --help ]; then
  echo "$usage"
  exit 0
fi
paths=$(search_all "$@")
if [ -z "$paths" ]; then
  say "no files match $*"
  exit 0
fi
broken=$(printf '\001')
case $paths in *"$broken"*) say 'names with a line break are left out' ;; esac
printf '%s\n' "$paths" | grep -v "$broken" | cut -b 3-
