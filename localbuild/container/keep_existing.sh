# Unpacks a tar from standard input below @DIRECTORY@; what is there already stays as it is.
#
# No tar does that alike: busybox's `-k` fails at the first file that exists, GNU tar's
# `--skip-old-files` where a directory would have to take the place of a file. So it is unpacked
# beside its place and moved there, whole directories at once where they are new.
new=@DIRECTORY@/@NEW@

move() {
  to=$2
  shift 2
  [ $# -eq 0 ] || mv -- "$@" "$to/"
}

# What is in directory $1 goes to directory $2.
merge() {
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    there=$2/${entry##*/}
    if [ -e "$there" ] || [ -L "$there" ]; then
      if is_directory "$entry" && is_directory "$there"; then merge "$entry" "$there" || return; fi
    elif [ -e "$entry" ] || [ -L "$entry" ]; then
      set -- "$@" "$entry"
      [ $# -lt 200 ] || { move "$@" || return; set -- "$1" "$2"; }
    fi
  done
  move "$@"
}

is_directory() { [ -d "$1" ] && [ ! -L "$1" ]; }

mkdir -- "$new" && @TAR@ -C "$new" && merge "$new" @DIRECTORY@
status=$?
rm -rf -- "$new"
exit $status
