"""The door of fix: a file's bytes in, mended bytes out, comments and layout as they were. Pure."""

from dataclasses import dataclass

from localbuild.buildspec.fix.edit import proven, read
from localbuild.buildspec.fix.mends import MENDS
from localbuild.buildspec.fix.unreadable import quote_values
from localbuild.buildspec.lint.text import lint_text
from localbuild.errors import Problem

MOST = 100
"""So many findings of one file are mended."""

BOM = "\ufeff"
VERSION = "version: 0.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """`data` is the file's own where nothing could be mended; `count` findings were."""

    data: bytes
    count: int = 0


def fix_text(data: bytes, file: str, *, ignore: frozenset[str] = frozenset()) -> Fixed:
    """Mend what is safe; never raises, and fixing twice is fixing once.

    Each step is proven: the text is read again, and says the same but for what was meant. A file
    with line ends of several kinds is left alone.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return Fixed(data=data)
    bare = text.removeprefix(BOM)
    plain = bare.replace("\r\n", "\n")
    is_dos = plain != bare
    if any(mark in plain for mark in "\r\x85\u2028\u2029") or (is_dos and _is_mixed(bare)):
        return Fixed(data=data)
    fixed, count = _mended(plain, file, ignore)
    if not count:
        return Fixed(data=data)
    fixed = fixed.replace("\n", "\r\n") if is_dos else fixed
    return Fixed(data=((BOM if bare != text else "") + fixed).encode(), count=count)


def _is_mixed(text: str) -> bool:
    return text.count("\n") != text.count("\r\n")


def _mended(text: str, file: str, ignore: frozenset[str]) -> tuple[str, int]:
    count = 0
    while count < MOST:
        found = _step(text, file, ignore)
        if found is None:
            break
        text, mended = found
        count += mended
    return text, count


def _step(text: str, file: str, ignore: frozenset[str]) -> tuple[str, int] | None:
    """One mend, or all that it takes to make a text readable; None where nothing is left."""
    problems = lint_text(text.encode(), file, ignore=ignore)
    document = read(text, file)
    if document is None:
        return quote_values(text, file)
    source, root = document
    for problem in problems:
        mend = MENDS.get(problem.code)
        edit = mend(problem, source, root) if mend else None
        changed = proven(edit, text, root) if edit else _with_version(problem, text)
        if changed is not None:
            return changed, 1
    return None


def _with_version(problem: Problem, text: str) -> str | None:
    """A file without `version` begins with it; what is read afterwards has no such finding."""
    if problem.code != "LB101":
        return None
    lines = text.split("\n")
    at = 1 if lines[0].startswith("---") else 0
    changed = "\n".join([*lines[:at], VERSION, *lines[at:]])
    told = {found.code for found in lint_text(changed.encode(), "")}
    return changed if "LB101" not in told and "LB001" not in told else None
