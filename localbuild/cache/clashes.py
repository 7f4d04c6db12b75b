"""What of an entry cannot take its place in a container whose files are not open to us.

A tar that is unpacked over a tree does there what it likes. So the tree is looked at before: a
directory gives way to nothing, and nothing but a directory goes where one is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from localbuild.cache.index import DIRECTORY, HARD_LINK, Entry
from localbuild.container.said import Said
from localbuild.plan.script import quote
from localbuild.ports.engine import CommandRequest, Container, EndKind, Interrupted

Entries = dict[bytes, Entry]

_MOST_BYTES = 64 * 1024 * 1024
"""Of the paths that a container has below the bases: about a million of them."""

_LOOK = """
for base in {bases}; do
  way=$base
  while [ -n "$way" ]; do
    if [ ! -d "$way" ] && {{ [ -e "$way" ] || [ -L "$way" ]; }}; then
      printf '\\0o\\0%s\\0' "$base"
      continue 2
    fi
    way=${{way%/*}}
  done
  [ -d "$base" ] || continue
  printf '\\0d\\0'
  find -H "$base" -type d -print0 2> /dev/null
  printf '\\0o\\0'
  find -H "$base" ! -type d -print0 2> /dev/null
done
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """Absolute paths of a container at or below some bases: directories, and all others."""

    directories: frozenset[bytes]
    others: frozenset[bytes]


def look(container: Container, bases: Sequence[str], interrupted: Interrupted) -> There:
    """What is there. Where the image has no `find`, or one without end, nothing is known.

    Raises EngineError.
    """
    said = Said(_MOST_BYTES)
    script = _LOOK.format(bases=" ".join(quote(base.rstrip("/") or "/") for base in bases))
    end = container.run(CommandRequest(script=script), said.take, interrupted)
    found: dict[bytes, set[bytes]] = {b"d": set(), b"o": set()}
    into, kind_follows = set[bytes](), False
    is_known = end.kind is EndKind.EXITED and said.is_whole
    for text in said.data().split(b"\0") if is_known else ():
        if kind_follows:
            into = found.get(text, set())
        elif text:
            into.add(text)
        kind_follows = not text and not kind_follows
    return There(directories=frozenset(found[b"d"]), others=frozenset(found[b"o"]))


def without_clashes(
    entries: Mapping[bytes, Entry], place: bytes, there: There
) -> tuple[Entries, tuple[bytes, ...]]:
    """The entries below one base, at `place`, that can come; and which of the others were topmost.

    Paths are relative to the base, its own is b''.
    """
    kept: Entries = {}
    refused: list[bytes] = []
    gone: set[bytes] = {b""} if place in there.others else set()
    if gone:
        return {}, (b"",)
    for path in sorted(entries, key=lambda path: path.split(b"/")):
        where = place + b"/" + path if path else place
        if path.rpartition(b"/")[0] in gone and path:
            gone.add(path)
        elif where in (there.others if entries[path].kind == DIRECTORY else there.directories):
            gone.add(path)
            refused.append(path)
        else:
            kept[path] = entries[path]
    return _relinked(kept, entries), tuple(refused)


def _relinked(kept: Entries, entries: Mapping[bytes, Entry]) -> Entries:
    """Of names whose file does not come the first one is the file."""
    files: dict[bytes, bytes] = {}
    for path, entry in kept.items():
        if entry.kind == HARD_LINK and entry.target not in kept:
            first = files.setdefault(entry.target, path)
            file = entries[entry.target]._replace(path=path)
            kept[path] = file if first == path else entry._replace(target=first)
    return kept
