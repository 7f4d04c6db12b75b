"""Functions and files stay small; an exception is written down with its reason."""

import ast
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "localbuild").rglob("*.py"))
MAX_FILE_LINES = 250
MAX_FUNCTION_LINES = 50
P90_FUNCTION_LINES = 35
MEDIAN_FUNCTION_LINES = 9

LONGER_FILES: dict[str, str] = {}
LONGER_FUNCTIONS: dict[str, str] = {}


def body_lines(function: ast.FunctionDef) -> int:
    """Lines of the body without its docstring."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def functions() -> list[tuple[str, int]]:
    """Every function of the package, as (file:name, body lines)."""
    found = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                name = f"{path.relative_to(ROOT)}:{node.name}"
                found.append((name, body_lines(node)))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_is_short(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    lines = len(path.read_text().splitlines())
    assert lines <= MAX_FILE_LINES or name in LONGER_FILES, f"{name} has {lines} lines"


def test_no_function_is_long() -> None:
    long = [(n, c) for n, c in functions() if c > MAX_FUNCTION_LINES and n not in LONGER_FUNCTIONS]
    assert long == []


def test_functions_are_small_as_a_rule() -> None:
    counts = sorted(count for _, count in functions())
    assert median(counts) <= MEDIAN_FUNCTION_LINES
    assert counts[int(len(counts) * 0.9)] <= P90_FUNCTION_LINES


def test_every_exception_is_still_needed() -> None:
    for name in LONGER_FILES:
        assert len((ROOT / name).read_text().splitlines()) > MAX_FILE_LINES
    sizes = dict(functions())
    for name in LONGER_FUNCTIONS:
        assert sizes[name] > MAX_FUNCTION_LINES
