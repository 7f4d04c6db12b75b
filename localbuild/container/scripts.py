"""Scripts that run in the container, as texts: how a tree gets in and out with its own tar."""

from collections.abc import Iterable
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


def unpack_script(directory: str, *, keep_existing: bool = False) -> str:
    """A script that unpacks the tar on its standard input below `directory`."""
    if not keep_existing:
        return f"exec {_UNPACK} -C {quote(directory)}\n"
    words = {"@DIRECTORY@": quote(directory), "@NEW@": f".localbuild-{token_hex(8)}"}
    text = read_script("keep_existing.sh").replace("@TAR@", _UNPACK)
    for word, value in words.items():
        text = text.replace(word, value)
    return f"{text}\n"


def pack_script(paths: Iterable[str]) -> str:
    """A script that writes a tar of those absolute paths that exist to its standard output."""
    names = " ".join(quote(path.lstrip("/") or ".") for path in paths)
    return f"set -- {names}\n{read_script('take_tree.sh')}\n"


def pack_command(paths: Iterable[str]) -> list[str]:
    """`pack_script` as a command that also ends when its standard input does."""
    return ["sh", "-c", _WATCHED.replace("@WORK@", pack_script(paths))]
