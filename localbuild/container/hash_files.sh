# codebuild-hash-files GLOB...: one SHA-256 over those files of the source that match.
#
# Files are taken in the order of their paths, bytewise; what is hashed are their own SHA-256s, 64
# lowercase hex digits each and nothing between. No match: nothing is printed, a message on stderr.
# @GLOBS@ stands for the file that says what globs match.
. @GLOBS@
cd -- "${CODEBUILD_SRC_DIR:-.}" || exit 1
paths=$(search_all "$@")
if [ -z "$paths" ]; then
  echo "codebuild-hash-files: no files match $*" >&2
  exit 0
fi
hashes=$(
  printf '%s\n' "$paths" | tr '\n\001' '\000\n' | xargs -0 sha256sum |
    sed -n 's/^\\*\([0-9a-f]\{64\}\) .*/\1/p'
)
if [ "$(echo "$paths" | wc -l)" != "$(echo "$hashes" | wc -l)" ]; then
  echo "codebuild-hash-files: not all files can be read" >&2
  exit 1
fi
echo "$hashes" | tr -d '\n' | sha256sum | cut -c 1-64
