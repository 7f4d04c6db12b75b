"""The world is touched through few doors, and every module says what it is for."""

import ast
from pathlib import Path

import pytest

from localbuild.errors import ExitCode

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "localbuild").rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in FILES]

DOORS = {
    "subprocess": {
        "localbuild/sources/processes.py",
        "localbuild/run/patterns.py",
        "localbuild/cli/warming.py",
    },
    "signal": {"localbuild/cli/process/signals.py", "localbuild/__main__.py"},
    "pickle": set[str](),
    "random": set[str](),
}
NEVER_CALLED = {"print", "eval", "exec", "breakpoint", "input"}
NEVER_METHODS = {"extractall", "unpack_archive", "system", "popen"}


def imports_of(tree: ast.AST) -> set[str]:
    """The top-level names of all imports, wherever they stand."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("module", sorted(DOORS))
def test_a_door_is_the_only_one(module: str) -> None:
    users = {n for n, p in zip(NAMES, FILES, strict=True) if module in imports_of(_tree(p))}
    assert users <= DOORS[module]


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_nothing_dangerous_is_called(path: Path) -> None:
    called = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called.add(node.func.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called |= {node.func.attr} & NEVER_METHODS
            called |= {"shell=True" for k in node.keywords if _is_shell(k)}
    assert called & (NEVER_CALLED | NEVER_METHODS | {"shell=True"}) == set()


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_module_has_its_charter(path: Path) -> None:
    text = path.read_text()
    if path.name == "__init__.py":
        assert len(text.splitlines()) <= 5
        return
    charter = ast.get_docstring(ast.parse(text))
    assert charter, "a module begins with its one-line charter"
    assert len(charter.splitlines()[0]) <= 97


def test_the_environment_is_read_in_one_place_of_the_command_line() -> None:
    readers = {
        name
        for name, path in zip(NAMES, FILES, strict=True)
        if name.startswith("localbuild/cli") and "environ" in _attributes_of_os(path)
    }
    assert readers <= {"localbuild/cli/process/world.py"}


def test_exit_codes_are_told_apart() -> None:
    codes = [code.value for code in ExitCode.__members__.values()]
    assert len(codes) == len(set(codes)) == len(ExitCode)


def _tree(path: Path) -> ast.AST:
    return ast.parse(path.read_text())


def _is_shell(keyword: ast.keyword) -> bool:
    value = keyword.value
    return keyword.arg == "shell" and isinstance(value, ast.Constant) and value.value is True


def _attributes_of_os(path: Path) -> set[str]:
    return {
        node.attr
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    }
