"""What says that it is pure is held to it."""

import ast
import configparser
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_module_that_says_that_it_is_pure_is_in_the_contract() -> None:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    listed = set(contracts["importlinter:contract:pure"]["source_modules"].split())
    assert [name for name in _pure_modules() if not _with_packages(name) & listed] == []


def _pure_modules() -> list[str]:
    found = []
    for path in sorted((ROOT / "localbuild").rglob("*.py")):
        charter = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n\n")[0]
        if charter.endswith("Pure."):
            found.append(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return found


def _with_packages(name: str) -> set[str]:
    """A module's name, and those of the packages that it is in."""
    parts = name.split(".")
    return {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
