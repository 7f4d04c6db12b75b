"""What bash knows and sh may not, found in what a shell reads: not in quotes, not in documents.

Source: POSIX, Shell Command Language; dash(1), which is `sh` on Debian and Ubuntu.
"""

import re
from collections.abc import Iterator

from localbuild.buildspec.lint.commands import DEEPEST
from localbuild.buildspec.sh.model import Script, Simple
from localbuild.buildspec.sh.parse import parse
from localbuild.buildspec.sh.words import substitutions, without_single_quotes

BUILT_INS = frozenset(
    (
        *("source", "declare", "typeset", "shopt", "pushd", "popd", "dirs", "let"),
        *("mapfile", "readarray", "disown", "compgen"),
    )
)
_IN_WORD: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("${x,,}", re.compile(r"\$\{\w+(,,?|\^\^?)\}")),
    ("${x:0:7}", re.compile(r"\$\{\w+:\s?[\d$(]")),
    ("${x/a/b}", re.compile(r"\$\{\w+/")),
    ("${!x}", re.compile(r"\$\{!\w")),
    ("${x[0]}", re.compile(r"\$\{#?\w+\[")),
    ("$RANDOM", re.compile(r"\$\{?(RANDOM|BASH_SOURCE|PIPESTATUS|FUNCNAME|EUID|UID)\b")),
)
_QUOTED = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.", re.DOTALL)
_ANSI = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.|\$'", re.DOTALL)
_UNQUOTED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("<( )", re.compile(r"^[<>]\(")),
    ("array=( )", re.compile(r"^\w+\+?=\(")),
    ("x+=", re.compile(r"^[A-Za-z_]\w*\+=")),
)
_BRACES = re.compile(r"(?<![$\\{])\{(-?\d+\.\.-?\d+|[a-z]\.\.[a-z]|[\w./*-]*(,[\w./*-]*)+)\}")
_READ = re.compile(r"-[a-zA-Z]*[apstnNdu]")


def bash_only(script: Script, depth: int = 0) -> Iterator[tuple[str, Simple]]:
    """Each construct of bash in a text, and the command that has it."""
    for simple in script.commands:
        for name in _in_simple(simple):
            yield name, simple
        for word in (*simple.assignments, *simple.words, *simple.redirects):
            for code in substitutions(word) if depth < DEEPEST else ():
                for name, _ in bash_only(parse(code), depth + 1):
                    yield name, simple


def _in_simple(simple: Simple) -> Iterator[str]:
    if simple.name in BUILT_INS:
        yield simple.name
    yield from _in_command(simple)
    for redirect in simple.redirects:
        for mark in ("<<<", "&>"):
            if redirect.startswith(mark):
                yield mark
    for word in (*simple.assignments, *simple.words, *simple.redirects):
        yield from _in_a_word(word)


def _in_command(simple: Simple) -> Iterator[str]:
    argv = simple.argv
    first = argv[0] if argv else ""
    if first.startswith(("[[ ", "[[\n")):
        yield "[["
    elif first.startswith("(("):
        yield "(( ))"
    elif first in ("[", "test") and "==" in argv:
        yield "[ a == b ]"
    elif first == "set" and "pipefail" in argv:
        yield "pipefail"
    elif first == "trap" and argv[-1] == "ERR":
        yield "trap ERR"
    elif first == "read" and any(map(_READ.match, argv[1:])):
        yield "read -p"
    elif (first, argv[1:2]) in (("export", ("-f",)), ("printf", ("-v",)), ("wait", ("-n",))):
        yield f"{first} {argv[1]}"


def _in_a_word(word: str) -> Iterator[str]:
    if word.isalnum():
        return
    expanded = without_single_quotes(word)
    for name, pattern in _IN_WORD:
        if pattern.search(expanded):
            yield name
    bare = _QUOTED.sub("''", word)
    for name, pattern in _UNQUOTED:
        if pattern.search(bare):
            yield name
    if "$'" in _ANSI.findall(word):
        yield "$'…'"
    if "$(" not in bare and "`" not in bare and _BRACES.search(bare):
        yield "{a,b}"
