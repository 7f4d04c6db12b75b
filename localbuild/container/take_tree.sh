# Writes a tar of those arguments that exist, names below `/`, to standard output. GNU tar keeps
# times to the nanosecond only in PAX records. Exit status 1 of tar: a file changed meanwhile.
cd / || exit 2
for name in "$@"; do
  shift
  if [ -e "$name" ] || [ -L "$name" ]; then set -- "$@" "$name"; fi
done
[ $# -gt 0 ] || exit 0
case $(tar --version 2> /dev/null) in
  *GNU*) exec tar -c -b 128 --format=posix --pax-option=delete=atime,delete=ctime -f - -- "$@" ;;
esac
exec tar -c -f - -- "$@"
