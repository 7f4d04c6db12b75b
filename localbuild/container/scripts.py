"""Scripts that run in the container, as texts: how a tree gets in and out with its own tar."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files as resources
from secrets import token_hex

from localbuild.plan.script import quote

_UNPACK = "tar -x -o -p -f -"
"""`-f -`, whatever it reads from: GNU tar reads full records only from standard input."""

_WATCHED = """\
exec 3<&0
( exec 3<&-
@WORK@ ) &
work=$!
( read -r _ <&3; kill "$work" ) > /dev/null 2>&1 &
wait "$work"
status=$?
kill $!
exit $status
"""
"""A shell gives its background commands no standard input, so the watcher has a copy of it."""


def read_script(name: str) -> str:
    """A script of this folder without its comments."""
    text = resources("localbuild.container").joinpath(name).read_text()
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacking:
    """A script that unpacks the tar on its standard input; `mark` is a word that nobody guesses."""

    script: str
    mark: str = ""

    def left_out(self, said: bytes) -> tuple[str, ...]:
        """The paths that it has printed, among what else it said: nothing came to them."""
        mark = re.escape(self.mark.encode())
        found = re.findall(mark + b"(.*?)" + mark, said, re.DOTALL) if mark else ()
        return tuple(path.decode("utf-8", "surrogateescape") for path in found)


def unpack_script(directory: str, *, keep_existing: bool = False) -> Unpacking:
    """A script that unpacks a tar below `directory`."""
    if not keep_existing:
        return Unpacking(script=f"exec {_UNPACK} -C {quote(directory)}\n")
    mark = f".localbuild-{token_hex(8)}"
    words = {"@DIRECTORY@": quote(directory.rstrip("/")), "@NEW@": mark}
    text = read_script("keep_existing.sh").replace("@TAR@", _UNPACK)
    for word, value in words.items():
        text = text.replace(word, value)
    return Unpacking(script=f"{text}\n", mark=mark)


def pack_script(paths: Iterable[str]) -> str:
    """A script that writes a tar of those absolute paths that exist to its standard output."""
    names = " ".join(quote(path.lstrip("/") or ".") for path in paths)
    return f"set -- {names}\n{read_script('take_tree.sh')}\n"


def pack_command(paths: Iterable[str]) -> list[str]:
    """`pack_script` as a command that also ends when its standard input does."""
    return ["sh", "-c", _WATCHED.replace("@WORK@", pack_script(paths))]
