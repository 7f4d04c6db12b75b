# Unpacks a tar from standard input below @DIRECTORY@; what is there already stays as it is, the
# times of directories among it. Where one side has a directory and the other something else, the
# path is printed between two marks.
#
# No tar does that alike: busybox's `-k` fails at the first file that exists, GNU tar's
# `--skip-old-files` where a directory would have to take the place of a file. So it is unpacked
# beside its place and moved there, whole directories at once where they are new.
top=@DIRECTORY@
new=$top/@NEW@

move() {
  to=$2
  shift 2
  [ $# -gt 0 ] || return 0
  if [ "$to" = "$top" ]; then mv -- "$@" "$to/"; return; fi
  touch -r "$to" "$new"
  mv -- "$@" "$to/" && touch -r "$new" "$to"
}

# What is in directory $1 goes to directory $2.
merge() {
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    there=$2/${entry##*/}
    if [ -e "$there" ] || [ -L "$there" ]; then
      if ! is_directory "$there"; then
        ! is_directory "$entry" || leave_out "$there"
      elif is_directory "$entry"; then
        merge "$entry" "$there" || return
      else
        leave_out "$there"
      fi
    elif [ -e "$entry" ] || [ -L "$entry" ]; then
      set -- "$@" "$entry"
      [ $# -lt 200 ] || { move "$@" || return; set -- "$1" "$2"; }
    fi
  done
  move "$@"
}

leave_out() { printf '@NEW@%s@NEW@\n' "$1"; }

is_directory() { [ -d "$1" ] && [ ! -L "$1" ]; }

mkdir -- "$new" && @TAR@ -C "$new" && merge "$new" "$top"
status=$?
rm -rf -- "$new"
exit $status
