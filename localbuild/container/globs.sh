# What the helpers know of globs: `search_all GLOB...` prints the files below the working directory
# that match any of them, as lines `./PATH` in bytewise order, each once.
#
# `*` and `?` stay in one part of a path, `**` as a whole part crosses any number of parts, `[...]`
# is one byte of a set, a backslash takes the next byte as it is. Links are neither files nor ways.
#
# A line break in a name travels as the byte 1, because awk and sort know lines alone.
set -f
LC_ALL=C
export LC_ALL

# Glob $1 without '.' and '//' becomes $path, its beginning without anything special $base.
# Fails where nothing can match: outside of the tree, in a directory that is a link, a directory.
clean() {
  case /$1/ in //* | */../*) return 1 ;; esac
  case $1 in */) return 1 ;; esac
  rest=$1/ path='' base='' plain=yes
  while [ "$rest" ]; do
    part=${rest%%/*} rest=${rest#*/}
    case $part in '' | .) continue ;; *[*?[\\]*) plain= ;; esac
    path=$path${path:+/}$part
    [ -z "$plain" ] || base=$path
    [ ! -L "./$base" ] || return 1
  done
  [ "$path" ]
}

# The regular expression of a glob.
translate() {
  glob=$1 awk '
  BEGIN {
    glob = ENVIRON["glob"]
    gsub("\n", "\001", glob)
    for (at = 1; at < 256; at++) { byte[at] = sprintf("%c", at); number[byte[at]] = at }
    count = split(glob, part, "/")
    for (i = 1; i <= count; i++)
      if (part[i] == "**") out = out "([^/]+/)*" (i == count ? "[^/]+" : "")
      else out = out one(part[i]) (i == count ? "" : "/")
    print "^[.]/" out "$"
  }

  function one(text,   at, c, out, end) {
    for (at = 1; at <= length(text); at++) {
      c = substr(text, at, 1)
      if (c == "*") out = out "[^/]*"
      else if (c == "?") out = out "[^/]"
      else if (c == "[" && (end = closing(text, at))) {
        out = out set(substr(text, at + 1, end - at - 1))
        at = end
      } else {
        if (c == "\\") c = substr(text, ++at, 1)
        out = out literal(c)
      }
    }
    return out
  }

  function literal(c) {
    if (c == "^" || c == "\\") return "\\" c
    return index(".[]()*+?{}|$", c) && c != "" ? "[" c "]" : c
  }

  # Where the set that begins at `at` ends; 0: it is no set.
  function closing(text, at,   end) {
    if (index("!^", substr(text, ++at, 1)) && at <= length(text)) at++
    for (end = at; end <= length(text); end++)
      if (substr(text, end, 1) == "\\") end++
      else if (named(text, end)) end += named(text, end) - 1
      else if (substr(text, end, 1) == "]" && end > at) return end
    return 0
  }

  # The length of a `[:name:]` there; 0: there is none.
  function named(text, at) {
    text = substr(text, at)
    return match(text, /^\[:[a-z]+:\]/) ? RLENGTH : 0
  }

  # All bytes of a set one by one: no awk reads anything special into that.
  function set(text,   at, c, length_, inverse, has, out, low, high) {
    inverse = index("!^", substr(text, 1, 1)) > 0
    for (at = 1 + inverse; at <= length(text); at++) {
      if (length_ = named(text, at)) {
        c = "[" substr(text, at, length_) "]"
        for (low = 1; low < 256; low++) if (byte[low] ~ c) has[low] = 1
        at += length_ - 1
        continue
      }
      if ((c = substr(text, at, 1)) == "\\") c = substr(text, ++at, 1)
      low = high = number[c]
      if (substr(text, at + 1, 1) == "-" && at + 2 <= length(text)) {
        at += 2
        if ((c = substr(text, at, 1)) == "\\") c = substr(text, ++at, 1)
        high = number[c]
      }
      for (; low <= high; low++) has[low] = 1
    }
    return written(has, inverse)
  }

  # "]" must come first, "[" and "^" late, "-" last.
  function written(has, inverse,   at, c, out, late) {
    for (at = 1; at < 256; at++) {
      c = byte[at]
      if (c == "/" || (at in has) == inverse) continue
      if (c == "]") out = c out
      else if (c == "\\") out = out "\\\\"
      else if (index("[^-", c)) late = late c
      else out = out c
    }
    return ordered(out, late)
  }

  function ordered(out, late) {
    if (out == "" && late == "") return "[^\002-\377\001/]/"
    if (out == "" && late ~ /^\^/) return late == "^" ? "\\^" : "[-^]"
    if (index(late, "-")) { sub("-", "", late); late = late "-" }
    return "[" out late "]"
  }
  '
}

# The files that a glob matches, as lines.
search() {
  clean "$1" || return 0
  find "./$base" -type f -print0 2> /dev/null | tr '\n\000' '\001\n' |
    expression=$(translate "$path") awk '
      BEGIN { expression = ENVIRON["expression"] }
      $0 ~ expression && $0 !~ /^[.]\/[.]localbuild\//'
}

search_all() { for glob; do search "$glob"; done | sort -u; }
