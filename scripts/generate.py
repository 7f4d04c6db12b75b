#!/usr/bin/env python3
"""Writes every generated file of the repository; with --check, says which ones have drifted."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from localbuild.buildspec.schema import buildspec_schema
from localbuild.cli.config_schema import config_schema
from localbuild.cli.lint_page import Count, Counts, lint_page
from localbuild.cli.reference import reference_page
from localbuild.events.schema import build_schema, event_schema
from localbuild.plan.schema import plan_schema

ROOT = Path(__file__).resolve().parent.parent


def as_json(value: object) -> str:
    """A value as JSON for people: indented, keys in the order they were given."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def read_counts() -> Counts:
    """What scripts/count_findings.py has counted."""
    found = json.loads((ROOT / "docs" / "lint-counts.json").read_text(encoding="utf-8"))
    codes = found["codes"].items()
    by_code = {code: Count(findings=findings, files=files) for code, (findings, files) in codes}
    return Counts(files=found["files"], repositories=found["repositories"], by_code=by_code)


GENERATED: dict[str, Callable[[], str]] = {
    "schemas/build.schema.json": lambda: as_json(build_schema()),
    "docs/cli.md": reference_page,
    "docs/lint.md": lambda: lint_page(read_counts()),
    "schemas/buildspec.schema.json": lambda: as_json(buildspec_schema()),
    "schemas/config.schema.json": lambda: as_json(config_schema()),
    "schemas/event.schema.json": lambda: as_json(event_schema()),
    "schemas/plan.schema.json": lambda: as_json(plan_schema()),
}
"""Path below the root of the repository to the function that makes the file's text."""


def drifted(root: Path) -> list[str]:
    """The files below the root that are missing or hold something else than they should."""
    return [
        name
        for name, make in GENERATED.items()
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != make()
    ]


def main(arguments: list[str], root: Path) -> int:
    """Write what has drifted, or only tell with --check; then 1 if there was something to tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 on drift")
    check = parser.parse_args(arguments).check
    names = drifted(root)
    for name in names:
        if not check:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(GENERATED[name](), encoding="utf-8")
        print(f"{name}: {'has drifted, run scripts/generate.py' if check else 'written'}")
    return 1 if names and check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], ROOT))
