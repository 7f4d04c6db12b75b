"""What the tests of the command line share."""

from pathlib import Path

import pytest

from tests.unit.cli.calling import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A folder to call from."""
    return Home(tmp_path)
