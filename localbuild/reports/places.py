"""Where a test failed, as its message tells: the first place that is the user's own. Pure.

Formats seldom have a file and a line, but messages have stacks: `tests/test_a.py:12: ValueError`,
`File "a.py", line 12`, `at f (src/a.test.js:5:3)`, `(ATest.java:12)`, `a_test.go:12:`,
`/src/ATest.php:12`, `in /src/A.cs:line 12`, `./spec/a_spec.rb:12:in`.
"""

import re
from collections.abc import Iterator

_EXTENSIONS = (
    "py|js|jsx|mjs|cjs|ts|tsx|mts|cts|vue|svelte|java|kt|kts|scala|groovy|clj|go|php|rb|feature|cs|vb"
    "|fs|rs|c|cc|cpp|cxx|h|hpp|m|mm|swift|dart|ex|exs|erl|lua|pl|t|pm|sh|bats|hs|ml|r|R|jl"
)
_PLACE = re.compile(
    r"(?<![A-Za-z0-9_./\\+@\-\[\]$~])((?:\b[A-Za-z]:)?[A-Za-z0-9_./\\+@\-\[\]$~]{1,300}"
    rf"\.(?:{_EXTENSIONS})):(?:line )?([0-9]{{1,7}})(?![0-9])"
)
_PYTHON = re.compile(r'File "([^"\n]{1,300})", line ([0-9]{1,7})')
_FOREIGN = (
    "node_modules/",
    "site-packages/",
    "dist-packages/",
    "/vendor/",
    "node:internal",
    "/gems/",
    "/lib/python",
    "/usr/lib/",
    "/usr/local/go/",
)
_SEARCHED = 5_000


def find_place(message: str, prefix: str) -> tuple[str, int]:
    """File and line of a failure; ('', 0) where the message names none.

    Of Python the innermost place counts, which its tools print last. Else the first one counts;
    where `prefix`, a class's name, has its own file in a stack, the first place in that file.
    """
    text = message[:_SEARCHED]
    python = [place for place in _found(_PYTHON, text) if _is_own(place[0])]
    if python:
        return python[-1]
    places = [place for place in _found(_PLACE, text) if _is_own(place[0])]
    if not places:
        return "", 0
    if all(file.endswith(".py") for file, _ in places):
        return places[-1]
    return next((place for place in places if _is_of(prefix, place[0])), places[0])


def _found(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, int]]:
    return ((found[1], int(found[2])) for found in pattern.finditer(text))


def _is_own(file: str) -> bool:
    """Not of a library, as far as its path tells."""
    path = file.replace("\\", "/")
    return not any(part in path for part in _FOREIGN)


def _is_of(prefix: str, file: str) -> bool:
    """Whether a file is named as a class is: `com.example.ATest$Inner`, `ATest.java`."""
    name = prefix.rpartition(".")[2].partition("$")[0]
    return bool(name) and re.split(r"[\\/]", file)[-1].partition(".")[0] == name
