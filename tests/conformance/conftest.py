"""What the conformance tests share: every one of them needs the engine."""

from pathlib import Path

import pytest

_HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    """The marker that names a test's row; see `rows.row`."""
    config.addinivalue_line("markers", "row(number, ...): the conformance table's row")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.docker)
