#!/usr/bin/env python3
"""Makes docs/conformance.md: the behaviour of the service, row by row, and how each row fares.

    python scripts/conformance.py                  runs the conformance tests, then writes the page
    python scripts/conformance.py --outcomes FILE  writes it from a run that is over:
                       python -m pytest -p tests.conformance.outcomes --rows-json FILE
    python scripts/conformance.py --check          runs no test: whether the page has the rows that
                                                   the tests have. Exit: 0 yes, 1 no

A row is `passed` only where every test of it passed in the run that the page was made from.
"""

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "conformance.md"
TESTS = ROOT / "tests" / "conformance"
ROWS = 211
PASSED = "passed"
NOT_YET = "not yet"
INTRODUCTION = """\
# Conformance

What CodeBuild does, row by row, and whether localbuild does the same. A row has *passed* where a
test of it passed on a real engine: `tests/conformance`, one test a row, named by its number. Where
the service's behaviour is neither documented nor to be seen in its logs, we had to decide; the last
column says why we did so. This page is made by `scripts/conformance.py`.

"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the page."""

    number: int
    feature: str
    expectation: str
    decided: str = ""
    passed: bool = False


def main() -> int:
    """Write the page, or check it."""
    options = _options()
    if options.check:
        return _check()
    if options.outcomes:
        rows = tested_rows(options.outcomes.read_text(encoding="utf-8"))
    else:
        rows = tested_rows(_pytest())
    PAGE.write_text(render(all_rows(rows)), encoding="utf-8")
    passed = sum(row.passed for row in rows)
    print(f"{PAGE.relative_to(ROOT)}: {passed} of {ROWS} rows passed")
    return 0 if passed == len(rows) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make docs/conformance.md.")
    parser.add_argument("--outcomes", type=Path, metavar="FILE", help="of a run that is over")
    parser.add_argument("--check", action="store_true", help="compare, run nothing")
    return parser.parse_args()


def _check() -> int:
    """Whether the page is what the tests' rows make of it; its states are those of its last run."""
    written = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    states = read_states(written)
    tested = [
        Row(
            number=row.number,
            feature=row.feature,
            expectation=row.expectation,
            decided=row.decided,
            passed=states.get(row.number) == PASSED,
        )
        for row in tested_rows(_pytest("--collect-only"))
    ]
    if render(all_rows(tested)) == written:
        return 0
    print(f"{PAGE.relative_to(ROOT)} is not what the tests make of it", file=sys.stderr)
    print("  hint: scripts/conformance.py runs the tests and writes it anew", file=sys.stderr)
    return 1


def _pytest(*words: str) -> str:
    """What the plugin writes about a run of the conformance tests, whose lines go to stderr."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.json"
        plugin = ["-p", "tests.conformance.outcomes", "--rows-json", str(path)]
        command = [sys.executable, "-m", "pytest", "-q", *plugin, *words, str(TESTS)]
        stdout = subprocess.DEVNULL if words else sys.stderr
        done = subprocess.run(command, cwd=ROOT, stdout=stdout, check=False)
        if not path.exists():
            raise SystemExit(f"pytest ended with exit code {done.returncode} and no outcomes")
        return path.read_text(encoding="utf-8")


def tested_rows(outcomes: str) -> list[Row]:
    """The rows that have tests, from the plugin's JSON."""
    return [Row(number=int(number), **found) for number, found in json.loads(outcomes).items()]


def untested_rows() -> Iterator[Row]:
    """The rows that have no test yet."""
    with (TESTS / "not_yet.tsv").open(encoding="utf-8", newline="") as file:
        for number, feature, expectation in csv.reader(file, "excel-tab"):
            yield Row(number=int(number), feature=feature, expectation=expectation)


def all_rows(tested: list[Row]) -> list[Row]:
    """Every row of the table once, by number. Raises SystemExit where that cannot be."""
    rows = sorted([*tested, *untested_rows()], key=lambda row: row.number)
    numbers = [row.number for row in rows]
    if numbers != list(range(1, ROWS + 1)):
        odd = [n for n in range(1, ROWS + 1) if numbers.count(n) != 1]
        odd += [n for n in numbers if not 1 <= n <= ROWS]
        raise SystemExit(f"rows must be there once, in a test or in not_yet.tsv: {odd}")
    return rows


def render(rows: list[Row]) -> str:
    """The page."""
    passed = sum(row.passed for row in rows)
    lines = [
        f"{passed} of {len(rows)} rows have passed.",
        "",
        "| row | feature | expectation | state | decided by us: reason |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        state = PASSED if row.passed else NOT_YET
        cells = [str(row.number), row.feature, row.expectation, state, row.decided]
        lines.append(f"| {' | '.join(map(_cell, cells))} |")
    return INTRODUCTION + "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """A text in a Markdown table: nothing of it, save code, is taken for markup."""
    parts = text.replace("|", r"\|").split("`")
    parts[::2] = [re.sub(r"([*<])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts)


def read_states(page: str) -> dict[int, str]:
    """The state of each row in a page."""
    lines = (re.split(r" (?<!\\)\| ", f" {line}") for line in page.splitlines())
    return {int(cells[1]): cells[4] for cells in lines if len(cells) > 4 and cells[1].isdecimal()}


if __name__ == "__main__":
    sys.exit(main())
