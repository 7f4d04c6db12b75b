"""A pytest plugin: writes what a run found about each row to a JSON file.

    python -m pytest -p tests.conformance.outcomes --rows-json FILE tests/conformance

A row has passed where every test of it passed; with `--collect-only` no row has an outcome.
"""

import json
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The file to write."""
    parser.addoption("--rows-json", metavar="FILE", help="write the outcome of each row to FILE")


def pytest_configure(config: pytest.Config) -> None:
    """Collect outcomes where somebody wants them."""
    if path := config.getoption("--rows-json"):
        config.pluginmanager.register(_Outcomes(Path(path)), "rows-outcomes")


class _Outcomes:
    """What is known of each row so far, by its number."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: dict[int, dict[str, Any]] = {}
        self._numbers: dict[str, int] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            mark = item.get_closest_marker("row")
            if mark is not None:
                number = int(mark.args[0])
                self._numbers[item.nodeid] = number
                entry = self._rows.setdefault(number, {**mark.kwargs, "tests": {}})
                entry["tests"][item.nodeid] = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.nodeid not in self._numbers:
            return
        tests = self._rows[self._numbers[report.nodeid]]["tests"]
        if report.when == "call" or not report.passed:
            passed = report.passed and not hasattr(report, "wasxfail")
            tests[report.nodeid] = passed and tests[report.nodeid] is not False

    def pytest_sessionfinish(self) -> None:
        """Write the file, unless none of the tests was a row's: several runs may share the name."""
        if not self._rows:
            return
        rows = {
            str(number): {
                **{key: value for key, value in entry.items() if key != "tests"},
                "passed": all(entry["tests"].values()),
            }
            for number, entry in sorted(self._rows.items())
        }
        self._path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
