"""One file of `lint`: its bytes, what is found in them, and what they are once they are mended."""

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from localbuild.buildspec.lint.produced import SourceTree
from localbuild.buildspec.lint.text import lint_text
from localbuild.cli.call import Call
from localbuild.cli.process.paths import is_file
from localbuild.errors import Problem, UsageError

FIXABLE = frozenset(
    (
        *("LB001", "LB006", "LB009", "LB010", "LB101", "LB103"),
        *("LB104", "LB105", "LB109", "LB113", "LB401"),
    )
)
"""Findings that can be mended now and then: only then it is tried."""

_READ_BYTES = 2 * 1024 * 1024
_STDIN = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """`problems` are those of `data`, or of `fixed` where the file is to be mended."""

    name: str
    data: bytes
    problems: tuple[Problem, ...]
    fixed: bytes
    mended: int = 0

    def diff(self) -> str:
        """What mending changes, as `patch` takes it."""
        before, after = (_lines(data) for data in (self.data, self.fixed))
        return "".join(difflib.unified_diff(before, after, f"a/{self.name}", f"b/{self.name}"))


def look(name: str, call: Call, ignore: frozenset[str], *, mend: bool) -> Looked:
    """Read a file and look at it; `-` is stdin. Raises OSError."""
    is_stdin = name == _STDIN
    shown = "<stdin>" if is_stdin else name
    data = call.world.stdin.read(_READ_BYTES) if is_stdin else _read(call.world.cwd / name)
    tree = None if is_stdin else source_tree(call.world.cwd, name)
    problems = lint_text(data, shown, tree=tree, ignore=ignore)
    if FIXABLE.isdisjoint(problem.code for problem in problems):
        return Looked(name=shown, data=data, problems=problems, fixed=data)
    from localbuild.buildspec.fix.text import fix_text

    fixed = fix_text(data, shown, ignore=ignore)
    if mend and fixed.count:
        problems = lint_text(fixed.data, shown, tree=tree, ignore=ignore)
    return Looked(name=shown, data=data, problems=problems, fixed=fixed.data, mended=fixed.count)


def write_fixed(looked: Looked, cwd: Path) -> None:
    """Write a mended file over itself: owner, mode and links stay. Raises OSError."""
    with open(cwd / looked.name, "r+b") as file:
        file.write(looked.fixed)
        file.truncate()


def ignored(call: Call) -> frozenset[str]:
    """The codes of `--ignore` and of `[lint]` in `localbuild.toml`. Raises UsageError."""
    given = call.value("ignore")
    asked = given if isinstance(given, tuple) else ()
    codes = [code for text in asked for code in str(text).replace(",", " ").split()]
    codes = [code.upper() for code in (*codes, *_of_the_project(call))]
    if codes:
        _refuse_unknown(codes)
    return frozenset(codes)


def _of_the_project(call: Call) -> tuple[str, ...]:
    cwd = call.world.cwd
    names = ("localbuild.toml", "pyproject.toml")
    if not call.text("config") and not any(is_file(cwd / name) for name in names):
        return ()
    from localbuild.cli.layers import project_file

    found = project_file(call.text("config"), cwd, cwd, call.voice)
    return found[1].lint_ignore if found else ()


def _refuse_unknown(codes: list[str]) -> None:
    from localbuild.buildspec.rules import LINTED

    for code in codes:
        if code not in LINTED:
            raise UsageError(
                f"there is no finding '{code}' to ignore", hints=("localbuild explain",)
            )


def source_tree(cwd: Path, name: str) -> SourceTree | None:
    """What is in the folders that may be the source's root: from the file's up to `cwd`.

    None for a file from elsewhere.
    """
    folder = Path(os.path.normpath(cwd / name)).parent
    if not folder.is_relative_to(cwd):
        return None
    names: set[str] = set()
    for place in (folder, *folder.parents):
        try:
            names.update(path.name for path in place.iterdir())
        except OSError:
            return None
        if place == cwd:
            break
    return SourceTree(names=frozenset(names))


def _read(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(_READ_BYTES)


def _lines(data: bytes) -> list[str]:
    return list(_with_ends(data.decode("utf-8", "replace")))


def _with_ends(text: str) -> Iterator[str]:
    for line in text.split("\n")[:-1]:
        yield line + "\n"
    if last := text.rpartition("\n")[2]:
        yield last + "\n\\ No newline at end of file\n"
