"""What opens a build's cache: nothing where the project has none, and when layers are made."""

import pytest

from localbuild.cli.open_cache import layers_mode
from localbuild.cli.settings import Settings


@pytest.mark.parametrize(
    ("asked", "environ", "mode"),
    [
        ("", {}, "background"),
        ("", {"CI": ""}, "background"),
        ("", {"CI": "false"}, "background"),
        ("", {"CI": "true"}, "off"),
        ("", {"CI": "1"}, "off"),
        ("wait", {"CI": "true"}, "wait"),
        ("off", {}, "off"),
    ],
)
def test_a_ci_makes_no_layers_unless_asked_to(
    asked: str, environ: dict[str, str], mode: str
) -> None:
    assert layers_mode(Settings(cache_layers=asked), environ) == mode
